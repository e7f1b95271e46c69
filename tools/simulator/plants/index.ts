import type { PlantKind } from '../truth';
import { ELIGIBILITY_PLANTS } from './eligibility';
import type { Plant, PlantedCase, Planter } from './planter';
import { REPEATED_PLANTS } from './repeated';
import { SCREENING_PLANTS } from './screening';
import { SUPPLY_PLANTS } from './supply';

const PLANTS: Readonly<Record<PlantKind, Plant>> = {
  ...SCREENING_PLANTS,
  ...ELIGIBILITY_PLANTS,
  ...REPEATED_PLANTS,
  ...SUPPLY_PLANTS,
};

/** Makes one case of a kind, or nothing where nobody fits. */
export const plant = (kind: PlantKind, planter: Planter): PlantedCase | undefined =>
  PLANTS[kind](planter);

export * from './planter';
