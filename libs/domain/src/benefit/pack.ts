import type { CivilDate, Fen } from '@domain/kernel';

/** 险种, as enrolment names it. */
export type PackInsurance = 'employee' | 'resident';

/** 人员类别, as enrolment names it. */
export type PackPersonType = 'inService' | 'retired' | 'resident';

/** 医疗机构等级: 0 without a tier, else 1 to 3. */
export type Tier = 0 | 1 | 2 | 3;

/** The groups of filing types among which a city's remote rule tells (domain-rules §3.1). */
export type FilingGroup = 'longTerm' | 'referral' | 'emergency' | 'other';

/** How far a figure can be trusted (domain-rules §0.1). */
export type Grade = 'S' | 'A' | 'B' | 'C' | 'D' | 'K-h' | 'K-m' | 'K-l';

/** Where a figure comes from, in words a handler can check. */
export interface Citation {
  readonly text: string;
  readonly grade: Grade;
}

/**
 * The remote rule for one group of filing types: `firstPay` takes a share of the eligible amount before anything else
 * (异地先行自付), `pointsCut` lowers the ratio by points. A pack uses one of the two, never both (domain-rules §4.3).
 */
export interface RemoteCut {
  readonly mode: 'firstPay' | 'pointsCut';
  readonly basisPoints: bigint;
  readonly source: Citation;
}

export type RemoteRules = Readonly<Record<FilingGroup, RemoteCut>>;

/** Basis points per person type, one figure for each tier 0 to 3. */
export interface RatioTable {
  readonly byPerson: Readonly<Partial<Record<PackPersonType, readonly bigint[]>>>;
  readonly source: Citation;
}

/** A cap on what the pool pays for one disease in a period. */
export interface DiseaseLimit {
  readonly period: 'YEAR' | 'MONTH';
  readonly amount: Fen;
  /** Whether what a month leaves unused may be used later in the year. */
  readonly rollOver: boolean;
  readonly source: Citation;
}

/** Diseases with a shared yearly cap; without an amount the group is bounded by the yearly cap alone. */
export interface DiseaseGroup {
  readonly id: string;
  readonly name: string;
  readonly amount?: Fen;
  readonly source: Citation;
}

/** 病种 as the insured city pays for it. */
export interface ChronicDisease {
  readonly code: string;
  readonly name: string;
  readonly ratio: RatioTable;
  readonly deductible: { readonly amount: Fen; readonly source: Citation };
  readonly limits: readonly DiseaseLimit[];
  readonly group?: DiseaseGroup;
}

/**
 * Whether limits of several diseases add up. `oneDisease`: the person has the limit of one disease (the highest) and a
 * further one adds at most `secondAdds` a month; the diseases share that sum.
 */
export type Stacking =
  | { readonly rule: 'several'; readonly source: Citation }
  | { readonly rule: 'oneDisease'; readonly secondAdds: Fen; readonly source: Citation };

/** 门诊慢特病 */
export interface ChronicSection {
  readonly diseases: ReadonlyMap<string, ChronicDisease>;
  readonly stacking: Stacking;
  readonly yearlyCap: {
    readonly byPerson: Readonly<Partial<Record<PackPersonType, Fen>>>;
    readonly source: Citation;
  };
}

/** 待遇政策包: what one city pays for one insurance, from a day on. Made from its document by `packFromWire`. */
export interface PolicyPack {
  readonly id: string;
  readonly version: string;
  readonly insuredCity: string;
  readonly insurance: PackInsurance;
  readonly validFrom: CivilDate;
  readonly validUntil?: CivilDate;
  /** The version of the same pack that this one replaces from its first day on. */
  readonly supersedes?: string;
  readonly reversalMode: 'LIFO_ONLY' | 'RECOMPUTE_TAIL';
  readonly remote: { readonly chronic: RemoteRules };
  readonly chronic: ChronicSection;
}
