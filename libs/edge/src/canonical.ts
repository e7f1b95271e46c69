const NEEDS_ESCAPE = /["\\\u0000-\u001f\p{Surrogate}]/u;

/**
 * JSON in one form for one meaning: keys sorted by code unit, no spaces, absent for `undefined`, a bigint as its digits. Two
 * values that are equal field by field give the same text. Throws a TypeError for what has no such form (functions, NaN).
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quoted(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError('a number without a JSON form');
      return String(value);
    case 'bigint':
      return value.toString();
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? list(value) : fields(value as Record<string, unknown>);
    default:
      throw new TypeError('a value without a JSON form');
  }
}

/** Most texts need no escape; the test costs less than the general routine. */
const quoted = (text: string): string =>
  NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`;

function list(items: readonly unknown[]): string {
  let text = '';
  for (const item of items) text += (text === '' ? '' : ',') + canonicalJson(item ?? null);
  return `[${text}]`;
}

function fields(object: Record<string, unknown>): string {
  let text = '';
  for (const name of Object.keys(object).sort()) {
    const value = object[name];
    if (value === undefined) continue;
    text += `${text === '' ? '' : ','}${quoted(name)}:${canonicalJson(value)}`;
  }
  return `{${text}}`;
}
