import { type CivilDate, civilDate } from '@domain/kernel';

/** A family of diseases agreed for direct settlement: an explicit list of codes, no prefix rule (domain-rules §6.1). */
export interface AgreedFamily {
  readonly family: string;
  readonly name: string;
  readonly from: CivilDate;
  readonly until?: CivilDate;
}

/** 协议 of one directed pair: persons of the insured city treated in the care city. Made by `agreementFromWire`. */
export interface Agreement {
  readonly id: string;
  readonly version: string;
  readonly insuredCity: string;
  readonly careCity: string;
  readonly validFrom: CivilDate;
  readonly validUntil?: CivilDate;
  /** By disease code; a code may be agreed for several stretches of time. */
  readonly diseases: ReadonlyMap<string, readonly AgreedFamily[]>;
}

export interface AgreedFamilyWire {
  readonly family: string;
  readonly name: string;
  readonly codes: readonly string[];
  readonly from: string;
  readonly until?: string;
  readonly source: string;
}

/** Something that two cities agree from a day on; what stands in the list is on, what does not is off. */
export interface DatedItemWire {
  readonly code: string;
  readonly from: string;
  readonly until?: string;
  readonly source: string;
}

/** The agreement of one directed pair as its JSON document says it. */
export interface AgreementWire {
  readonly format: 1;
  readonly id: string;
  readonly version: string;
  readonly insuredCity: string;
  readonly careCity: string;
  readonly validFrom: string;
  readonly validUntil?: string;
  readonly supersedes?: string;
  readonly sources: Readonly<Record<string, { readonly text: string; readonly grade: string }>>;
  readonly diseases: readonly AgreedFamilyWire[];
  /** Off while empty: services, institutions and pharmacies beyond the registry, benefits such as 两病. */
  readonly services: readonly DatedItemWire[];
  readonly institutions: readonly DatedItemWire[];
  readonly pharmacies: readonly DatedItemWire[];
  readonly benefits: readonly DatedItemWire[];
}

/** The agreement that decisions use. Throws a RangeError for a document that `validateAgreement` would not pass. */
export function agreementFromWire(wire: AgreementWire): Agreement {
  const diseases = new Map<string, AgreedFamily[]>();
  for (const entry of wire.diseases) {
    const { family, name } = entry;
    const agreed: AgreedFamily = {
      family,
      name,
      from: civilDate(entry.from),
      ...(entry.until === undefined ? {} : { until: civilDate(entry.until) }),
    };
    for (const code of entry.codes) {
      const stretches = diseases.get(code);
      if (stretches === undefined) diseases.set(code, [agreed]);
      else stretches.push(agreed);
    }
  }
  return {
    id: wire.id,
    version: wire.version,
    insuredCity: wire.insuredCity,
    careCity: wire.careCity,
    validFrom: civilDate(wire.validFrom),
    ...(wire.validUntil === undefined ? {} : { validUntil: civilDate(wire.validUntil) }),
    diseases,
  };
}

/** The agreement of a directed pair in force on a day, the latest begun first; undefined when the pair has none. */
export function agreementFor(
  agreements: readonly Agreement[],
  insuredCity: string,
  careCity: string,
  on: string,
): Agreement | undefined {
  let best: Agreement | undefined;
  for (const agreement of agreements) {
    if (agreement.insuredCity !== insuredCity || agreement.careCity !== careCity) continue;
    if (agreement.validFrom > on) continue;
    if (agreement.validUntil !== undefined && agreement.validUntil < on) continue;
    if (best === undefined || agreement.validFrom > best.validFrom) best = agreement;
  }
  return best;
}

/** The family under which a disease settles directly on a day, or undefined. M07800 is not dialysis though M07801 is. */
export function diseaseAgreed(
  agreement: Agreement,
  diseaseCode: string,
  on: string,
): string | undefined {
  return agreement.diseases
    .get(diseaseCode)
    ?.find((agreed) => agreed.from <= on && (agreed.until === undefined || on <= agreed.until))
    ?.family;
}
