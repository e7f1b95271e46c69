/**
 * National item codes (医保业务编码): 23 characters for western drugs (X), 20 for Chinese patent medicine (Z),
 * T and nine digits for pieces, C and digits for consumables, 15 digits for services.
 */
const FORM =
  /^(?:X[A-Z]\d{2}[A-Z]{3}\d{3}[A-Z]\d{3}\d{9}|Z[A-Z]\d{2}[A-Z]{3}\d{4}\d{9}|T\d{9}|C\d{10,26}|\d{15})$/;

/** Whether the text has the form of a national code; says nothing about whether the code was ever given. */
export const isItemCode = (code: string): boolean => FORM.test(code);

/**
 * Whether the class that a well-formed code names is in the published class tables, at whatever depth they list it.
 * Consumables pass: only a sample of their classes is published.
 */
export function hasKnownClass(code: string, classes: ReadonlySet<string>): boolean {
  if (code.startsWith('C')) return true;
  // The widest class first: it is nearly always listed, and this runs for every line that no rule names.
  const first = code.charCodeAt(0);
  if (first >= ZERO && first <= NINE) {
    return classes.has(code.slice(2, 6)) || classes.has(code.slice(2, 8));
  }
  return (
    classes.has(code.slice(0, 4)) || classes.has(code.slice(0, 5)) || classes.has(code.slice(0, 6))
  );
}

const ZERO = 48;
const NINE = 57;

/** X, six characters of class, three of the name in that class: dosage form, strength, pack and maker come after. */
const WESTERN_INGREDIENT = 10;
/** Z, six characters of class, four of the name in that class. */
const PATENT_INGREDIENT = 11;

/**
 * The part of a drug code that names the medicine without form, strength, pack and maker, so that another brand of
 * the same counts as the same (domain-rules §7.7). Medicines of the published lists that share it differ only in
 * form or strength. Undefined for what is not a drug code.
 */
export function ingredientOf(code: string): string | undefined {
  if (code.length === 23 && code.startsWith('X')) return code.slice(0, WESTERN_INGREDIENT);
  if (code.length === 20 && code.startsWith('Z')) return code.slice(0, PATENT_INGREDIENT);
  return undefined;
}
