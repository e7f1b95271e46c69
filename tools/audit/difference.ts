import type { ReplayFault } from '@domain/settlement';
import { hash } from 'node:crypto';

/** The first thing that is not as it must be, told without personal data: figures as they are, texts by their digest. */
export interface Difference {
  readonly stream?: string;
  readonly version?: number;
  readonly what: string;
  readonly expected?: string;
  readonly found?: string;
}

/** Where a fault was found. */
export interface FactPlace {
  readonly stream: string;
  readonly version: number;
}

const DIGEST_DIGITS = 16;

/** A text that may not be shown, by the beginning of its SHA-256. */
export const digestOf = (text: string): string =>
  `sha256:${hash('sha256', text, 'hex').slice(0, DIGEST_DIGITS)}`;

/** A fault of replay as a difference: the first place in which the two JSON texts part, as a path, and what stands there. */
export function differenceOf(place: FactPlace, fault: ReplayFault): Difference {
  const parting = firstParting(JSON.parse(fault.expected), JSON.parse(fault.found));
  const { stream, version } = place;
  if (parting === undefined) {
    const [expected, found] = [digestOf(fault.expected), digestOf(fault.found)];
    return { stream, version, what: `the text of ${fault.what}`, expected, found };
  }
  return {
    stream,
    version,
    what: `${fault.what}${parting.path}`,
    expected: shown(parting.expected),
    found: shown(parting.found),
  };
}

interface Parting {
  readonly path: string;
  readonly expected: unknown;
  readonly found: unknown;
}

function firstParting(expected: unknown, found: unknown, path = ''): Parting | undefined {
  if (!isTree(expected) || !isTree(found)) {
    return expected === found ? undefined : { path, expected, found };
  }
  for (const key of new Set([...Object.keys(expected), ...Object.keys(found)])) {
    const step = Array.isArray(expected) ? `[${key}]` : `.${key}`;
    const parting = firstParting(
      Reflect.get(expected, key),
      Reflect.get(found, key),
      `${path}${step}`,
    );
    if (parting !== undefined) return parting;
  }
  return undefined;
}

const isTree = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Figures, yes and no are shown; texts and what is made of them only by their digest. */
function shown(value: unknown): string {
  if (value === undefined) return 'absent';
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) {
    return String(value);
  }
  return digestOf(JSON.stringify(value));
}
