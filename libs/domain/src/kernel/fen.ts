declare const fenBrand: unique symbol;

/** An amount of money in fen (1/100 yuan). Exact, may be negative in reversals. */
export type Fen = bigint & { readonly [fenBrand]: true };

export const ZERO_FEN = 0n as Fen;
const MAX_JSON_FEN = BigInt(Number.MAX_SAFE_INTEGER);

/** Brands an integer as fen. */
export const fen = (amount: bigint): Fen => amount as Fen;

/** The exact sum. */
export function addFen(...amounts: readonly Fen[]): Fen {
  let sum = 0n;
  for (const amount of amounts) sum += amount;
  return sum as Fen;
}

export const subFen = (from: Fen, amount: Fen): Fen => (from - amount) as Fen;
export const negFen = (amount: Fen): Fen => -amount as Fen;
export const minFen = (a: Fen, b: Fen): Fen => (a < b ? a : b);
export const maxFen = (a: Fen, b: Fen): Fen => (a > b ? a : b);

/** An amount as the JSON integer it travels as. Throws a RangeError above 2^53 - 1: such a figure is a fault, not money. */
export function fenToJson(amount: Fen): number {
  if (amount > MAX_JSON_FEN || amount < -MAX_JSON_FEN) {
    throw new RangeError('amount exceeds what JSON carries exactly');
  }
  return Number(amount);
}

/** An amount read from JSON. Throws a RangeError for a fraction or beyond 2^53 - 1; doors check before they call this. */
export function fenFromJson(amount: number): Fen {
  if (!Number.isSafeInteger(amount)) throw new RangeError('amount is not an integer of fen');
  return BigInt(amount) as Fen;
}
