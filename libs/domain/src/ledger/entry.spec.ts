import { fen, negFen, ZERO_FEN } from '@domain/kernel';
import {
  accountText,
  entryFor,
  type LedgerPosting,
  parseAccount,
  POSTING_KINDS,
  reversalOf,
  type SettledMoney,
} from '@domain/ledger';
import fc from 'fast-check';

const nothing: SettledMoney['payments'] = {
  pool: ZERO_FEN,
  otherFunds: ZERO_FEN,
  assistance: ZERO_FEN,
  personalAccount: ZERO_FEN,
  familyAccount: ZERO_FEN,
};

const settled = (payments: Partial<SettledMoney['payments']>): SettledMoney => ({
  insuredCity: '360700',
  careCity: '430100',
  insurance: 'employee',
  clearingType: '11',
  payments: { ...nothing, ...payments },
});

const written = (postings: readonly LedgerPosting[]) =>
  postings.map(({ account, amountFen }) => [account, amountFen]);

const sum = (postings: readonly LedgerPosting[]): bigint =>
  postings.reduce((total, { amountFen }) => total + amountFen, 0n);

describe('the entry of a settlement', () => {
  it('is an expense and a debt in the insured city, a claim and a debt to the institution in the care city', () => {
    expect(written(entryFor(settled({ pool: fen(28_320n) })))).toEqual([
      ['360700>430100/employee/11/pool/expense', 28_320n],
      ['360700>430100/employee/11/pool/payable', -28_320n],
      ['430100>360700/employee/11/pool/receivable', 28_320n],
      ['430100>360700/employee/11/pool/institutionPayable', -28_320n],
    ]);
  });

  it('keeps the kinds of money apart, in one order, and leaves out what is nothing', () => {
    const entry = entryFor(
      settled({ personalAccount: fen(5n), assistance: fen(3n), pool: fen(7n) }),
    );
    const kinds = entry.map(({ account }) => parseAccount(account)?.kind);
    expect([...new Set(kinds)]).toEqual(['pool', 'assistance', 'personalAccount']);
    expect(entry).toHaveLength(12);
    expect(entryFor(settled({}))).toEqual([]);
  });

  it('has a family payment owed by the city of the account’s owner, in the owner’s insurance', () => {
    const entry = entryFor({
      ...settled({ pool: fen(7n), familyAccount: fen(5n) }),
      insurance: 'resident',
      familyAccountOwner: { city: '430200', insurance: 'employee' },
    });
    expect(written(entry.slice(4))).toEqual([
      ['430200>430100/employee/11/familyAccount/expense', 5n],
      ['430200>430100/employee/11/familyAccount/payable', -5n],
      ['430100>430200/employee/11/familyAccount/receivable', 5n],
      ['430100>430200/employee/11/familyAccount/institutionPayable', -5n],
    ]);
    expect(entry[0]?.account).toBe('360700>430100/resident/11/pool/expense');
  });

  const amounts = fc.bigInt({ min: -(10n ** 11n), max: 10n ** 11n }).map(fen);
  const monies: fc.Arbitrary<SettledMoney> = fc.record(
    {
      insuredCity: fc.constantFrom('360700', '360400'),
      careCity: fc.constantFrom('430100', '431000'),
      insurance: fc.constantFrom('employee', 'resident'),
      clearingType: fc.constantFrom('11', '21', '41'),
      payments: fc.record({
        pool: amounts,
        otherFunds: amounts,
        assistance: amounts,
        personalAccount: amounts,
        familyAccount: amounts,
      }),
      familyAccountOwner: fc.record({
        city: fc.constantFrom('360300', '430200'),
        insurance: fc.constantFrom('employee', 'resident'),
      }),
    },
    { requiredKeys: ['insuredCity', 'careCity', 'insurance', 'clearingType', 'payments'] },
  );

  it('sums to zero in all, in each city’s books, and carries each payment to the care city', () => {
    fc.assert(
      fc.property(monies, (money) => {
        const entry = entryFor(money);
        expect(sum(entry)).toBe(0n);
        for (const city of new Set(entry.map(({ account }) => account.slice(0, 6)))) {
          expect(sum(entry.filter(({ account }) => account.startsWith(city)))).toBe(0n);
        }
        for (const kind of POSTING_KINDS) {
          const claims = entry.filter(({ account }) => account.endsWith(`/${kind}/receivable`));
          expect(sum(claims)).toBe(money.payments[kind]);
          const debts = entry.filter(({ account }) => account.endsWith(`/${kind}/payable`));
          expect(sum(debts)).toBe(negFen(money.payments[kind]));
        }
      }),
    );
  });

  it('is undone by its exact negative, which is also the entry of the negative payments', () => {
    fc.assert(
      fc.property(monies, (money) => {
        const [entry, reversed] = [entryFor(money), reversalOf(entryFor(money))];
        const negative = { ...money.payments };
        for (const kind of POSTING_KINDS) negative[kind] = negFen(negative[kind]);
        expect(written(reversed)).toEqual(written(entryFor({ ...money, payments: negative })));
        expect(written(reversalOf(reversed))).toEqual(written(entry));
      }),
    );
  });
});

describe('the name of an account', () => {
  it('reads back as what it was made of', () => {
    const name = {
      city: '360700',
      counterCity: '430100',
      insurance: 'resident',
      clearingType: '21',
      kind: 'otherFunds',
      side: 'payable',
    } as const;
    expect(accountText(name)).toBe('360700>430100/resident/21/otherFunds/payable');
    expect(parseAccount(accountText(name))).toEqual(name);
  });

  it.each([
    '',
    '360700>430100/resident/21/otherFunds',
    '360700>430100/resident/21/otherFunds/payable/1',
    '360700>430100>431000/resident/21/otherFunds/payable',
    '360700>430100/farmer/21/otherFunds/payable',
    '360700>430100/resident/51/otherFunds/payable',
    '360700>430100/resident/21/cash/payable',
    '360700>430100/resident/21/pool/debt',
    '360782>430100/resident/21/pool/payable',
    'x>430100/resident/21/pool/payable',
  ])('is not "%s"', (text) => {
    expect(parseAccount(text)).toBeUndefined();
  });
});
