import { dataFolder } from './data-folder';
import { type Formulary, readFormulary } from './formulary';
import { Places } from './places';
import { type DiseaseRegimen, readRegimens } from './regimens';

/** Everything that the simulator knows of the world; read once, never changed. */
export interface Reference {
  readonly formulary: Formulary;
  readonly regimens: readonly DiseaseRegimen[];
  readonly places: Places;
}

/** Reads the reference data of a data folder. */
export const readReference = (folder = dataFolder()): Reference => ({
  formulary: readFormulary(folder),
  regimens: readRegimens(folder),
  places: Places.read(folder),
});

let own: Reference | undefined;

/** The project's own reference data, read at the first call. */
export const reference = (): Reference => (own ??= readReference());
