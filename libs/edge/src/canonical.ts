const NEEDS_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/;

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
      // Minus zero is zero.
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
  if (items.length === 0) return '[]';
  let text = '[';
  for (const item of items) text += `${canonicalJson(item ?? null)},`;
  return `${text.slice(0, -1)}]`;
}

function fields(object: Record<string, unknown>): string {
  const { sorted, labels } = shapeOf(Object.keys(object));
  let text = '';
  for (let index = 0; index < sorted.length; index++) {
    const value = object[sorted[index] ?? ''];
    if (value === undefined) continue;
    text += (text === '' ? '' : ',') + (labels[index] ?? '') + canonicalJson(value);
  }
  return `{${text}}`;
}

/** The keys of objects built alike, sorted once. */
interface Shape {
  readonly keys: readonly string[];
  readonly sorted: readonly string[];
  /** `"name":`, in the order of `sorted`. */
  readonly labels: readonly string[];
}

const SHAPES_PER_COUNT = 8;
const shapes = new Map<number, Shape[]>();

/** Sorting the keys costs more than all the rest; objects of one wire format have few shapes. */
function shapeOf(keys: readonly string[]): Shape {
  let known = shapes.get(keys.length);
  if (known === undefined) {
    known = [];
    shapes.set(keys.length, known);
  }
  for (const shape of known) if (sameKeys(shape.keys, keys)) return shape;
  const sorted = [...keys].sort();
  const shape = { keys, sorted, labels: sorted.map((key) => `${quoted(key)}:`) };
  // The oldest gives way: what strangers invent must not fill the memory.
  if (known.length === SHAPES_PER_COUNT) known.shift();
  known.push(shape);
  return shape;
}

function sameKeys(known: readonly string[], keys: readonly string[]): boolean {
  for (let index = 0; index < keys.length; index++) {
    if (known[index] !== keys[index]) return false;
  }
  return true;
}
