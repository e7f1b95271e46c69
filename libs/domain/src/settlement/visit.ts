/** 就诊类别. Selects the benefit; the flag `emergency` selects filing and screening. */
export type CareType = 'chronic' | 'ordinary' | 'emergency' | 'inpatient' | 'pharmacy' | 'dayCase';

/** 费用明细 as recorded: what the partner sent, checked. Money in fen, prices in micro-yuan, shares in basis points. */
export interface RecordedLine {
  readonly lineNo: number;
  readonly itemCode: string;
  readonly itemName: string;
  readonly itemType: 'drug' | 'piece' | 'service' | 'consumable';
  readonly catalogueClass: 'A' | 'B' | 'C';
  readonly quantity: string;
  readonly unit?: string;
  readonly unitPriceMicroYuan: number;
  readonly amountFen: number;
  readonly priceLimitMicroYuan?: number;
  readonly firstPayBasisPoints?: number;
  readonly performedAt?: string;
  readonly diseaseCode?: string;
  readonly prescriptionNo?: string;
  readonly doctorCode?: string;
  readonly departmentCode?: string;
  readonly supplyDays?: number;
  readonly dosePerTake?: string;
  readonly takesPerDay?: number;
  readonly patientConsentAt?: string;
  readonly traceCodes?: readonly string[];
  readonly packFraction?: string;
}

/** A keyed hash in place of a person's number, with the id of the key that made it. */
export interface HashedNumber {
  readonly keyId: string;
  readonly hash: string;
}

/** A visit as the decision reads it and the journal keeps it: without any direct identifier. */
export interface RecordedVisit {
  readonly visitNo: string;
  readonly insuredCity: string;
  readonly careCity: string;
  readonly personNoHash: HashedNumber;
  readonly familyPayerPersonNoHash?: HashedNumber;
  readonly institutionCode: string;
  readonly doctorCode?: string;
  readonly careType: CareType;
  readonly visitedOn: string;
  readonly settledAt: string;
  readonly emergency?: boolean;
  readonly invoiceNo?: string;
  readonly admittedOn?: string;
  readonly dischargedOn?: string;
  readonly admissionNo?: string;
  readonly dischargeWay?: string;
  readonly internetHospital?: boolean;
  readonly diseaseCode?: string;
  readonly diagnoses?: readonly { readonly code: string; readonly main?: boolean }[];
  readonly operations?: readonly {
    readonly code: string;
    readonly at?: string;
    readonly doctorCode?: string;
  }[];
  readonly prescription?: {
    readonly no: string;
    readonly issuingInstitutionCode?: string;
    readonly doctorCode?: string;
    readonly issuedOn?: string;
    readonly validUntil?: string;
    readonly kind?: 'ordinary' | 'longTerm' | 'external';
  };
  readonly useAccount?: boolean;
  readonly reasons?: readonly {
    readonly lineNo?: number;
    readonly rule: string;
    readonly text: string;
  }[];
  readonly lines: readonly RecordedLine[];
}

/**
 * The diseases a visit settles under, in the order of their codes: each line's own, else the visit's
 * (architecture §11). Undefined where a line has neither: the engine never picks one (domain-rules §0.4 (7)).
 */
export function diseasesOf(
  visit: Pick<RecordedVisit, 'diseaseCode' | 'lines'>,
): readonly string[] | undefined {
  const codes = new Set<string>();
  for (const line of visit.lines) {
    const code = line.diseaseCode ?? visit.diseaseCode;
    if (code === undefined) return undefined;
    codes.add(code);
  }
  return [...codes].sort();
}
