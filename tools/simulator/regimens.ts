import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Gender } from '@domain/enrolment';
import { dataFolder } from './data-folder';

/** A group of the formulary that a treatment uses in so many of a hundred patients. */
export interface GroupChance {
  readonly group: string;
  readonly chance: number;
  /** The group used in the remaining patients. */
  readonly otherwise?: string;
  /** Only beside the drug of this name. */
  readonly with?: string;
}

/** One way in which a disease is treated. */
export interface Variant {
  readonly id: string;
  /** Basis points among the variants of the disease. */
  readonly share: number;
  readonly gender?: Gender;
  readonly ages: readonly [number, number];
  readonly diagnoses: readonly { readonly code: string; readonly weight: number }[];
  readonly secondary: readonly { readonly code: string; readonly chance: number }[];
  readonly drugs: readonly GroupChance[];
  readonly tests: readonly GroupChance[];
}

export interface DiseaseRegimen {
  readonly code: string;
  /** Basis points among all visits. */
  readonly visitShare: number;
  /** Basis points among all persons, by their first disease. */
  readonly personShare: number;
  /** `dialysis` comes by a weekly timetable, the others when the supply ends. */
  readonly kind: 'monthly' | 'cycle' | 'dialysis';
  readonly variants: readonly Variant[];
}

/** Reads `data/formulary/regimens.json`, whose content the specs check against the formulary. */
export function readRegimens(folder = dataFolder()): readonly DiseaseRegimen[] {
  const text = readFileSync(join(folder, 'formulary', 'regimens.json'), 'utf8');
  const { diseases } = JSON.parse(text) as { readonly diseases: readonly DiseaseRegimen[] };
  return diseases;
}
