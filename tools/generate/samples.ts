import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { factContracts } from '@lib/contracts';

export const SAMPLES_FOLDER = 'test/golden/facts';

/**
 * The fact types of which no sample is stored. A sample is written once, by hand or from a real decision, and never again:
 * it is the proof that what was stored can still be read, so nothing generates it.
 */
export const missingSamples = (root: string): readonly string[] =>
  factContracts
    .map(({ type }) => type)
    .filter((type) => !existsSync(join(root, SAMPLES_FOLDER, `${type}.json`)));
