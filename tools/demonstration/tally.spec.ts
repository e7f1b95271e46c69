import { widthOf } from './screen';
import { Tally } from './tally';

const names = new Map([
  ['360300', '萍乡市'],
  ['360900', '宜春市'],
  ['430100', '长沙市'],
]);
const cost = (totalFen: number) => ({ totalFen, fundFen: totalFen / 2, patientFen: totalFen / 2 });

it('adds up visits by directed pair, the costliest first, and all of them last', () => {
  const tally = new Tally(names);
  tally.settled('360900', '430100', cost(10_000));
  tally.settled('360300', '430100', cost(30_000));
  tally.settled('360300', '430100', cost(20_000));
  tally.refused('430100', '360300', 'settlement.not-filed');
  const [, first, second, third, , sum, note] = tally.board(4, 'note');
  expect(first).toContain('萍乡 → 长沙');
  expect(first).toContain('500.00');
  expect(second).toContain('宜春 → 长沙');
  expect(third).toContain('长沙 → 萍乡');
  expect(sum).toContain('600.00');
  expect(note).toBe('  note');
  expect(tally.sum).toMatchObject({ settled: 3, refused: 1, totalFen: 60_000, fundFen: 30_000 });
  expect(tally.pairCount).toBe(3);
  expect([...tally.refusals]).toEqual([['settlement.not-filed', 1]]);
});

it('keeps its height and its columns while it fills', () => {
  const tally = new Tally(names);
  const empty = tally.board(3, 'note');
  tally.settled('360300', '430100', cost(123_456_700));
  const filled = tally.board(3, 'note');
  expect(filled).toHaveLength(empty.length);
  expect(widthOf(filled[1]!)).toBe(widthOf(empty[0]!));
});
