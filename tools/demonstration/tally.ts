import { pad, yuan } from './screen';

/** What came of the visits of one directed pair of cities. */
export interface PairTally {
  readonly pair: string;
  settled: number;
  refused: number;
  totalFen: number;
  fundFen: number;
  patientFen: number;
}

/** Adds up what came of visits, by directed pair of cities. */
export class Tally {
  private readonly pairs = new Map<string, PairTally>();
  readonly refusals = new Map<string, number>();

  constructor(private readonly cityNames: ReadonlyMap<string, string>) {}

  settled(
    insuredCity: string,
    careCity: string,
    amounts: Omit<PairTally, 'pair' | 'settled' | 'refused'>,
  ): void {
    const tally = this.of(insuredCity, careCity);
    tally.settled += 1;
    tally.totalFen += amounts.totalFen;
    tally.fundFen += amounts.fundFen;
    tally.patientFen += amounts.patientFen;
  }

  refused(insuredCity: string, careCity: string, code: string): void {
    this.of(insuredCity, careCity).refused += 1;
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
  }

  /** All pairs together. */
  get sum(): PairTally {
    const sum = emptyTally('合计 all');
    for (const each of this.pairs.values()) {
      sum.settled += each.settled;
      sum.refused += each.refused;
      sum.totalFen += each.totalFen;
      sum.fundFen += each.fundFen;
      sum.patientFen += each.patientFen;
    }
    return sum;
  }

  /** The running table: the pairs with the highest cost, and the sum. */
  board(rows: number, note: string): readonly string[] {
    const top = [...this.pairs.values()]
      .sort((one, other) => other.totalFen - one.totalFen)
      .slice(0, rows);
    const padding = Array.from({ length: rows - top.length }, () => '');
    return [HEADER, ...top.map(rowOf), ...padding, rowOf(this.sum), `  ${note}`];
  }

  /** How many directed pairs have had a visit. */
  get pairCount(): number {
    return this.pairs.size;
  }

  private of(insuredCity: string, careCity: string): PairTally {
    const pair = `${this.nameOf(insuredCity)} → ${this.nameOf(careCity)}`;
    const kept = this.pairs.get(pair);
    if (kept !== undefined) return kept;
    const made = emptyTally(pair);
    this.pairs.set(pair, made);
    return made;
  }

  private nameOf(city: string): string {
    return (this.cityNames.get(city) ?? city).replace(/市$/, '');
  }
}

const emptyTally = (pair: string): PairTally => ({
  pair,
  settled: 0,
  refused: 0,
  totalFen: 0,
  fundFen: 0,
  patientFen: 0,
});

const COLUMNS = [18, 12, 12, 18, 18, 18] as const;

function cells(texts: readonly string[]): string {
  const [first = '', ...rest] = texts;
  const numbers = rest.map((text, at) => pad(text, COLUMNS[at + 1] ?? 12, 'left'));
  return `  ${pad(first, COLUMNS[0])}${numbers.join('')}`;
}

const HEADER = cells([
  '参保地→就医地',
  '结算settled',
  '拒付refused',
  '总费用total 元',
  '基金支付fund 元',
  '个人负担own 元',
]);

const rowOf = (tally: PairTally): string =>
  cells([
    tally.pair,
    String(tally.settled),
    String(tally.refused),
    yuan(tally.totalFen),
    yuan(tally.fundFen),
    yuan(tally.patientFen),
  ]);
