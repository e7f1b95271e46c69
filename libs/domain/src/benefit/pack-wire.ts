import { civilDate, fenFromJson } from '@domain/kernel';
import type {
  ChronicDisease,
  ChronicSection,
  Citation,
  DiseaseGroup,
  DiseaseLimit,
  Grade,
  PackInsurance,
  PackPersonType,
  PolicyPack,
  RatioTable,
  RemoteCut,
  RemoteRules,
  Stacking,
} from './pack';

/** A value for each person type that the insurance knows. */
export type ByPerson<Value> = Readonly<Partial<Record<PackPersonType, Value>>>;

/** Names an entry of the document's `sources`. */
interface Sourced {
  readonly source: string;
}

export interface SourceWire extends Citation {
  /** What is uncertain about it, for the person who keeps the pack. */
  readonly note?: string;
}

export interface RemoteCutWire extends Sourced {
  readonly mode: 'firstPay' | 'pointsCut';
  readonly basisPoints: number;
}

export interface RemoteRulesWire {
  readonly longTerm: RemoteCutWire;
  readonly referral: RemoteCutWire;
  readonly emergency: RemoteCutWire;
  readonly other: RemoteCutWire;
  /** A visit without filing is refused; one flagged as emergency counts as filed for emergency. */
  readonly unfiled: Sourced & { readonly treatment: 'refused' };
}

export type RatioWire =
  | (Sourced & { readonly rule: 'fixed'; readonly basisPoints: ByPerson<number> })
  | (Sourced & { readonly rule: 'perTier'; readonly basisPoints: ByPerson<readonly number[]> });

export interface DeductibleWire extends Sourced {
  readonly period: 'YEAR';
  readonly amountFen: number;
}

export interface DiseaseLimitWire extends Sourced {
  readonly period: 'YEAR' | 'MONTH';
  readonly amountFen: number;
  readonly rollOver: boolean;
  /** What uses the limit up. */
  readonly counts: 'poolPayment';
}

export interface DiseaseGroupWire extends Sourced {
  readonly name: string;
  readonly period: 'YEAR';
  /** Absent where the group has no cap but the yearly one, which it shares with inpatient care. */
  readonly amountFen?: number;
}

export interface ChronicDiseaseWire {
  readonly name: string;
  readonly group?: string;
  readonly ratio?: RatioWire;
  readonly deductible?: DeductibleWire;
  readonly limits: readonly DiseaseLimitWire[];
}

export type StackingWire =
  | (Sourced & { readonly rule: 'several' })
  | (Sourced & {
      readonly rule: 'oneDisease';
      readonly period: 'MONTH';
      readonly secondAddsFen: number;
    });

export interface ChronicSectionWire {
  readonly ratio: RatioWire;
  readonly deductible: DeductibleWire;
  readonly yearlyCap: Sourced & { readonly amountFen: ByPerson<number> };
  readonly stacking: StackingWire;
  /** Told for the handlers: the `from` of a qualification already is the first day of benefit. */
  readonly startsMonthAfterApproval: Sourced & { readonly value: boolean };
  readonly groups: Readonly<Record<string, DiseaseGroupWire>>;
  readonly diseases: Readonly<Record<string, ChronicDiseaseWire>>;
}

/** A policy pack as its JSON document says it: money as integer fen, ratios in basis points, figures naming sources. */
export interface PolicyPackWire {
  readonly format: 1;
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly insuredCity: string;
  readonly insurance: PackInsurance;
  readonly validFrom: string;
  readonly validUntil?: string;
  readonly supersedes?: string;
  readonly reversalMode: 'LIFO_ONLY' | 'RECOMPUTE_TAIL';
  readonly sources: Readonly<Record<string, SourceWire>>;
  /** Per care type; those of the sections to come stand beside it. */
  readonly remote: { readonly chronic: RemoteRulesWire };
  readonly chronic: ChronicSectionWire;
}

export const TIERS = 4;

/** The pack that calculations use. Throws a RangeError for a document that `validatePack` would not pass. */
export function packFromWire(wire: PolicyPackWire): PolicyPack {
  const cite = (name: string): Citation => {
    const found = Object.hasOwn(wire.sources, name) ? wire.sources[name] : undefined;
    if (found === undefined) throw new RangeError(`the pack names an unknown source ${name}`);
    return { text: found.text, grade: found.grade };
  };
  return {
    id: wire.id,
    version: wire.version,
    insuredCity: wire.insuredCity,
    insurance: wire.insurance,
    validFrom: civilDate(wire.validFrom),
    ...(wire.validUntil === undefined ? {} : { validUntil: civilDate(wire.validUntil) }),
    ...(wire.supersedes === undefined ? {} : { supersedes: wire.supersedes }),
    reversalMode: wire.reversalMode,
    remote: { chronic: remoteFromWire(wire.remote.chronic, cite) },
    chronic: chronicFromWire(wire.chronic, cite),
  };
}

type Cite = (name: string) => Citation;

function remoteFromWire(wire: RemoteRulesWire, cite: Cite): RemoteRules {
  const cut = (of: RemoteCutWire): RemoteCut => ({
    mode: of.mode,
    basisPoints: BigInt(of.basisPoints),
    source: cite(of.source),
  });
  return {
    longTerm: cut(wire.longTerm),
    referral: cut(wire.referral),
    emergency: cut(wire.emergency),
    other: cut(wire.other),
  };
}

function chronicFromWire(wire: ChronicSectionWire, cite: Cite): ChronicSection {
  const groups = new Map<string, DiseaseGroup>();
  for (const [id, group] of Object.entries(wire.groups)) {
    const amount = group.amountFen === undefined ? {} : { amount: fenFromJson(group.amountFen) };
    groups.set(id, { id, name: group.name, ...amount, source: cite(group.source) });
  }
  const standard = { ratio: ratioFromWire(wire.ratio, cite), deductible: wire.deductible };
  const diseases = new Map<string, ChronicDisease>();
  for (const [code, disease] of Object.entries(wire.diseases)) {
    const deductible = disease.deductible ?? standard.deductible;
    diseases.set(code, {
      code,
      name: disease.name,
      ratio: disease.ratio === undefined ? standard.ratio : ratioFromWire(disease.ratio, cite),
      deductible: {
        amount: fenFromJson(deductible.amountFen),
        source: cite(deductible.source),
      },
      limits: disease.limits.map((limit) => limitFromWire(limit, cite)),
      ...groupOf(disease.group, groups),
    });
  }
  return {
    diseases,
    stacking: stackingFromWire(wire.stacking, cite),
    yearlyCap: {
      byPerson: mapByPerson(wire.yearlyCap.amountFen, fenFromJson),
      source: cite(wire.yearlyCap.source),
    },
  };
}

function groupOf(
  id: string | undefined,
  groups: ReadonlyMap<string, DiseaseGroup>,
): { readonly group?: DiseaseGroup } {
  if (id === undefined) return {};
  const group = groups.get(id);
  if (group === undefined) throw new RangeError(`the pack names an unknown group ${id}`);
  return { group };
}

function ratioFromWire(wire: RatioWire, cite: Cite): RatioTable {
  const byPerson =
    wire.rule === 'fixed'
      ? mapByPerson(wire.basisPoints, (points) => new Array<bigint>(TIERS).fill(BigInt(points)))
      : mapByPerson(wire.basisPoints, (points) => points.map((point) => BigInt(point)));
  return { byPerson, source: cite(wire.source) };
}

function limitFromWire(wire: DiseaseLimitWire, cite: Cite): DiseaseLimit {
  return {
    period: wire.period,
    amount: fenFromJson(wire.amountFen),
    rollOver: wire.rollOver,
    source: cite(wire.source),
  };
}

function stackingFromWire(wire: StackingWire, cite: Cite): Stacking {
  if (wire.rule === 'several') return { rule: 'several', source: cite(wire.source) };
  return {
    rule: 'oneDisease',
    secondAdds: fenFromJson(wire.secondAddsFen),
    source: cite(wire.source),
  };
}

function mapByPerson<From, To>(values: ByPerson<From>, map: (value: From) => To): ByPerson<To> {
  const mapped: Partial<Record<PackPersonType, To>> = {};
  for (const person of ['inService', 'retired', 'resident'] as const) {
    const value = values[person];
    if (value !== undefined) mapped[person] = map(value);
  }
  return mapped;
}

/** The grades a figure may carry (domain-rules §0.1). */
export const GRADES: readonly Grade[] = ['S', 'A', 'B', 'C', 'D', 'K-h', 'K-m', 'K-l'];
