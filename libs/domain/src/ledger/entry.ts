import { type Fen, isCityCode, negFen, ZERO_FEN } from '@domain/kernel';

/** What is advanced by the institution and cleared between cities, each apart (domain-rules §0.4 (1), (2)). */
export const POSTING_KINDS = [
  'pool',
  'otherFunds',
  'assistance',
  'personalAccount',
  'familyAccount',
] as const;
export type PostingKind = (typeof POSTING_KINDS)[number];

/** 清算类别: 11 outpatient, 21 inpatient, 41 pharmacy. */
export type ClearingType = '11' | '21' | '41';

export type LedgerInsurance = 'employee' | 'resident';

/**
 * The side of an account. In the insured city's books an expense against what it owes the care city; in the care city's
 * books what it is owed against what it owes its institutions.
 */
export type AccountSide = 'expense' | 'payable' | 'receivable' | 'institutionPayable';

/** A debit is positive, a credit negative. */
export interface LedgerPosting {
  readonly account: string;
  readonly amountFen: Fen;
}

/** The parts of an account's name; the clearing period is added where the posting is stored. */
export interface AccountName {
  /** Whose books. */
  readonly city: string;
  readonly counterCity: string;
  readonly insurance: LedgerInsurance;
  readonly clearingType: ClearingType;
  readonly kind: PostingKind;
  readonly side: AccountSide;
}

/** What one settlement moves between two cities. What the hospital bears and cash are not posted (architecture §11). */
export interface SettledMoney {
  readonly insuredCity: string;
  readonly careCity: string;
  readonly insurance: LedgerInsurance;
  readonly clearingType: ClearingType;
  /** Negative in a reversal that is posted by itself. */
  readonly payments: Readonly<Record<PostingKind, Fen>>;
  /** Whose account paid the family part, where that is not the insured city's: its city owes it. */
  readonly familyAccountOwner?: { readonly city: string; readonly insurance: LedgerInsurance };
}

/** The stable text of an account: `360700>430100/employee/11/pool/payable`. */
export const accountText = (name: AccountName): string =>
  `${name.city}>${name.counterCity}/${name.insurance}/${name.clearingType}/${name.kind}/${name.side}`;

/**
 * The balanced double entry of a settlement (architecture §5, §11): for each kind of money that is not zero, in the order
 * of `POSTING_KINDS`, expense and payable in the owing city's books, receivable and debt to the institution in the care
 * city's. Each city's half sums to zero, and so does the whole.
 */
export function entryFor(settled: SettledMoney): readonly LedgerPosting[] {
  const postings: LedgerPosting[] = [];
  for (const kind of POSTING_KINDS) {
    const amount = settled.payments[kind];
    if (amount === ZERO_FEN) continue;
    const owner = kind === 'familyAccount' ? settled.familyAccountOwner : undefined;
    const owing = owner?.city ?? settled.insuredCity;
    const rest = `${owner?.insurance ?? settled.insurance}/${settled.clearingType}/${kind}`;
    const owed = `${settled.careCity}>${owing}/${rest}`;
    const owes = `${owing}>${settled.careCity}/${rest}`;
    postings.push(
      { account: `${owes}/expense`, amountFen: amount },
      { account: `${owes}/payable`, amountFen: negFen(amount) },
      { account: `${owed}/receivable`, amountFen: amount },
      { account: `${owed}/institutionPayable`, amountFen: negFen(amount) },
    );
  }
  return postings;
}

/** The exact negative of an entry: the same accounts in the same order. */
export const reversalOf = (postings: readonly LedgerPosting[]): readonly LedgerPosting[] =>
  postings.map(({ account, amountFen }) => ({ account, amountFen: negFen(amountFen) }));

const INSURANCES: readonly LedgerInsurance[] = ['employee', 'resident'];
const CLEARING_TYPES: readonly ClearingType[] = ['11', '21', '41'];
const SIDES: readonly AccountSide[] = ['expense', 'payable', 'receivable', 'institutionPayable'];

/** The parts of an account's text, or undefined for a text that `accountText` never writes. */
export function parseAccount(text: string): AccountName | undefined {
  const [cities = '', ...parts] = text.split('/');
  const [city = '', counterCity = ''] = cities.split('>');
  if (!isCityCode(city) || !isCityCode(counterCity)) return undefined;
  const insurance = INSURANCES.find((one) => one === parts[0]);
  const clearingType = CLEARING_TYPES.find((one) => one === parts[1]);
  const kind = POSTING_KINDS.find((one) => one === parts[2]);
  const side = SIDES.find((one) => one === parts[3]);
  if (insurance === undefined || clearingType === undefined) return undefined;
  if (kind === undefined || side === undefined) return undefined;
  const name: AccountName = { city, counterCity, insurance, clearingType, kind, side };
  return accountText(name) === text ? name : undefined;
}
