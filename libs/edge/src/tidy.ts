import type { Refusal } from '@domain/kernel';

/** What a body may look like before any schema sees it. */
export interface BodyLimits {
  readonly maxDepth: number;
  readonly maxItems: number;
}

export const BODY_LIMITS: BodyLimits = { maxDepth: 16, maxItems: 10_000 };

// PostgreSQL stores neither; both reach us only as escapes, because raw ones are no JSON and no UTF-8.
const UNSTORABLE = /[\0\p{Surrogate}]/u;
const POISONED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

interface Walk {
  readonly limits: BodyLimits;
  readonly checkText: boolean;
  readonly path: (string | number)[];
}

/**
 * Makes a parsed body safe and plain in one walk, in place: fields that are `null` are removed at any depth (api.md: `null`
 * equals absent; inside arrays it stays and the schema judges it), and a refusal names the first place that is too deep, too
 * long, named like a prototype, or text that cannot be stored. `text` is the source: it tells which checks can be left out.
 */
export function tidy(value: unknown, text: string, limits = BODY_LIMITS): Refusal | undefined {
  const walk: Walk = { limits, checkText: text.includes('\\u'), path: [] };
  const refused = walkValue(value, walk, 0);
  return refused === undefined ? undefined : { refused, field: pathOf(walk.path) };
}

/** Whether a text is one that PostgreSQL and UTF-8 can hold. */
export const isStorable = (text: string): boolean => !UNSTORABLE.test(text);

function walkValue(value: unknown, walk: Walk, depth: number): string | undefined {
  if (typeof value === 'string') {
    return walk.checkText && UNSTORABLE.test(value) ? 'edge.malformed-text' : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth >= walk.limits.maxDepth) return 'edge.too-deep';
  return Array.isArray(value)
    ? walkArray(value, walk, depth + 1)
    : walkObject(value as Record<string, unknown>, walk, depth + 1);
}

function walkArray(items: readonly unknown[], walk: Walk, depth: number): string | undefined {
  if (items.length > walk.limits.maxItems) return 'edge.too-many-items';
  for (let index = 0; index < items.length; index++) {
    walk.path.push(index);
    const refused = walkValue(items[index], walk, depth);
    if (refused !== undefined) return refused;
    walk.path.pop();
  }
  return undefined;
}

function walkObject(
  fields: Record<string, unknown>,
  walk: Walk,
  depth: number,
): string | undefined {
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    walk.path.push(name);
    if (POISONED.has(name)) return 'edge.forbidden-key';
    if (walk.checkText && UNSTORABLE.test(name)) return 'edge.malformed-text';
    // A missing key, not an undefined one: the compiled schemas count keys.
    if (value === null) Reflect.deleteProperty(fields, name);
    else {
      const refused = walkValue(value, walk, depth);
      if (refused !== undefined) return refused;
    }
    walk.path.pop();
  }
  return undefined;
}

const MAX_PATH = 200;

/** A path as partners read it: `lines[2].amountFen`. */
export function pathOf(parts: readonly (string | number)[]): string {
  let path = '';
  for (const part of parts) {
    if (typeof part === 'number') path += `[${part}]`;
    else path += path === '' ? part : `.${part}`;
  }
  return path.slice(0, MAX_PATH);
}
