/**
 * A text array in PostgreSQL's own writing. The driver's way escapes element by element through several layers; for
 * a batch of two hundred facts this one costs a tenth of it.
 */
export function textArray(values: readonly (string | undefined)[]): string {
  let text = '{';
  for (const [index, value] of values.entries()) {
    if (index > 0) text += ',';
    text += value === undefined ? 'NULL' : quoted(value);
  }
  return `${text}}`;
}

/** Numbers as an array in PostgreSQL's own writing. */
export const numberArray = (values: readonly (number | bigint)[]): string =>
  `{${values.join(',')}}`;

const quoted = (value: string): string =>
  `"${/["\\]/.test(value) ? value.replace(/["\\]/g, '\\$&') : value}"`;
