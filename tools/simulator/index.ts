/**
 * Ten-city traffic from a seed. Nothing in it is real, everything in it is meant to be believed by somebody who works
 * in the field: real codes where the reference data has them, diseases, drugs, packs, prices and intervals as they go
 * together, flows in which 长沙 and the counties along the border dominate, and wrong claims planted with their truth.
 *
 * ```ts
 * const population = generatePopulation({ seed: 7, persons: 20_000, on: civilDate('2026-03-02') });
 * const wish = { seed: 7, visits: 20_000, population, from: civilDate('2026-03-02'), days: 28, plantedRate: 0.02 };
 * for (const { visit, truth } of generateVisits(wish)) { … }
 * ```
 *
 * - `generatePopulation` gives enrolments with qualifications and filings, ready for the import of enrolment-query
 *   (`importRowOf`). The same seed and half-year give the same people. Choose at least as many persons as visits where
 *   the mix matters: who has been supplied comes again only when the supply ends, and is only examined before.
 * - `generateVisits` yields exactly `visits` visits in the order of `settledAt`, lazily, 20,000 a second and more.
 *   For live use give `from`, `days`, `notBefore` (not more than 72 h ago) and `until` (now), and a `runTag` of the run's
 *   own, so that numbers and trace codes of two runs never meet. Without `plantedRate` every visit settles and raises no
 *   suspicion, as long as persons, agreements and institutions of `data/` are loaded.
 * - A planted visit carries a `Truth`: what settlement must answer, what screening must find, what cross-check must
 *   suspect, and which earlier visit must be reversed first. Planted persons are reserved: ordinary traffic leaves them alone.
 * - `plantedCase` makes one case of a kind, at places of your choice: 萍乡 and 浏阳, for instance.
 * - `formularyFaults` says which lines of a visit do not belong to its disease.
 *
 * Numbers are pseudo-random by xoshiro128** (`random.ts`); clocks and `Math.random` are not used.
 */
export { type FormularyItem, type LimitedItem, readFormulary } from './formulary';
export { formularyFaults, type FormularyFault } from './formulary-faults';
export { type ImportRow, importRowOf } from './import-row';
export type {
  Population,
  SimulatedFiling,
  SimulatedPerson,
  SimulatedQualification,
} from './person';
export { type Flow, type Institution, Places, type StaffedInstitution } from './places';
export type { CasePlaces, PlantedCase, PlantedVisit } from './plants';
export { generatePopulation, type PopulationWish } from './population';
export { type Reference, readReference, reference } from './reference';
export type { DiseaseRegimen } from './regimens';
export { generateVisits, plantedCase, type SingleCaseWish, type TrafficWish } from './traffic';
export {
  NEAR_MISSES,
  type NearMiss,
  type PlantKind,
  type SimulatedVisit,
  type Truth,
  WRONG_CLAIMS,
  type WrongClaim,
} from './truth';
