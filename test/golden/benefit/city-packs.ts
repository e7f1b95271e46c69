import { resolve } from 'node:path';
import { packFromWire, type PolicyPack } from '@domain/benefit';
import { readPacks } from '../../../tools/policy/documents';

/** The project's data folder. */
export const DATA = resolve(__dirname, '../../../data');

/** The policy packs that the project ships, as calculations use them. */
export const cityPacks: readonly PolicyPack[] = [...readPacks(DATA).values()].map(packFromWire);
