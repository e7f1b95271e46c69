import {
  decideReversal,
  decideVisit,
  EMPTY_YEAR,
  evolveYear,
  type ReversalInputs,
  type StandingSettlement,
  type VisitSettled,
} from '@domain/settlement';
import { AGREEMENT, inputs, line, PACK, visit } from './settlement.fixtures';

const command = visit({
  lines: [
    line({ lineNo: 1, amountFen: 25_000 }),
    line({ lineNo: 2, amountFen: 18_000, diseaseCode: 'M01600' }),
  ],
});
const decision = decideVisit({
  visit: command,
  inputs: inputs(),
  year: EMPTY_YEAR,
  pack: PACK,
  agreement: AGREEMENT,
});
if (decision.outcome !== 'settled') throw new Error('the visit of these specs settles');
const settled: VisitSettled = { command, inputs: inputs(), result: decision.result };
const year = evolveYear(EMPTY_YEAR, { type: 'VisitSettled.v1', result: decision.result });

const standing = (settlementNo: string, part: number, version = 1): StandingSettlement => ({
  settlementNo,
  careCity: '430100',
  diseaseCode: 'M01600',
  version,
  part,
});
const reversal = (list: readonly StandingSettlement[], careCity = '430100'): ReversalInputs => ({
  decisionVersion: 1,
  answerVersion: 1,
  period: '202603',
  decidedAt: '2026-03-03T08:00:00+08:00',
  reversalNo: 'R1',
  careCity,
  year: { stream: 'benefit-year/360700/2026/p', version: 1 },
  standing: list,
});
const reverse = (settlementNo: string, given: ReversalInputs) =>
  decideReversal({ command: { settlementNo, reason: '退费' }, inputs: given, year, settled });

describe('a reversal', () => {
  it('is the exact negative of the newest settlement, and leaves the year as if it had not been', () => {
    const result = reverse('S2', reversal([standing('S2', 1)]));
    if ('refused' in result) throw new Error(JSON.stringify(result));
    const part = decision.result.settlements[1]!;
    const sum = (a: number, b: number): number => a + b;
    for (const field of ['totals', 'payments', 'uses'] as const) {
      for (const [key, amount] of Object.entries({ ...part[field] } as Record<string, number>)) {
        expect(sum(amount, (result[field] as Record<string, number>)[key]!)).toBe(0);
      }
    }
    expect(result.postings.map(({ amountFen }) => -amountFen)).toEqual(
      part.postings.map(({ amountFen }) => amountFen),
    );
    expect(JSON.stringify(result)).not.toContain('-0,');
    const left = evolveYear(year, { type: 'SettlementReversed.v1', result });
    expect(left.accumulators).toEqual(decision.result.settlements[0]?.uses);
  });

  it('frees the visit when the first part goes, not before', () => {
    const last = reverse('S2', reversal([standing('S2', 1)]));
    const first = reverse('S1', reversal([standing('S1', 0)]));
    expect([last, first].map((result) => 'visitFree' in result && result.visitFree)).toEqual([
      false,
      true,
    ]);
  });

  it('is refused while later settlements stand, and names them by number and city only', () => {
    const result = reverse(
      'S1',
      reversal([standing('S1', 0), standing('S2', 1), standing('S9', 0, 2)]),
    );
    expect(result).toMatchObject({
      refused: 'settlement.has-later',
      later: [
        { settlementNo: 'S2', careCity: '430100' },
        { settlementNo: 'S9', careCity: '430100' },
      ],
    });
  });

  it('happens once', () => {
    expect(reverse('S1', reversal([]))).toMatchObject({ refused: 'settlement.already-reversed' });
  });

  it('is not for another care city, which learns nothing of the settlement', () => {
    expect(reverse('S2', reversal([standing('S2', 1)], '430200'))).toMatchObject({
      refused: 'settlement.not-found',
    });
  });
});
