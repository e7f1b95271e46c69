import type { AgreedFamilyWire, AgreementWire } from './agreement';

/**
 * Agreements as two provinces keep them: one table for all directed pairs from some cities to others, with the pairs that
 * differ named as exceptions. An exception replaces the families that it names, for its pair alone.
 */
export interface AgreementTableWire extends Omit<AgreementWire, 'id' | 'insuredCity' | 'careCity'> {
  readonly insuredCities: readonly string[];
  readonly careCities: readonly string[];
  readonly exceptions: readonly {
    readonly insuredCity: string;
    readonly careCity: string;
    readonly diseases: readonly AgreedFamilyWire[];
  }[];
}

/** The id of a pair's agreement: `360700>430100`. */
export const agreementId = (insuredCity: string, careCity: string): string =>
  `${insuredCity}>${careCity}`;

/** One agreement for each directed pair of the table, in the table's order: what is stored, hashed and named in decisions. */
export function expandAgreements(table: AgreementTableWire): readonly AgreementWire[] {
  const { insuredCities, careCities, exceptions, diseases, ...rest } = table;
  return insuredCities.flatMap((insuredCity) =>
    careCities.map((careCity) => {
      const changed = exceptions
        .filter((one) => one.insuredCity === insuredCity && one.careCity === careCity)
        .flatMap((one) => one.diseases);
      const replaced = new Set(changed.map(({ family }) => family));
      return {
        ...rest,
        id: agreementId(insuredCity, careCity),
        insuredCity,
        careCity,
        diseases: [...diseases.filter(({ family }) => !replaced.has(family)), ...changed],
      };
    }),
  );
}
