import type { Client } from 'pg';
import { type Difference, digestOf } from './difference';

/** A table whose rows follow from the facts of streams. */
export interface TableShape {
  readonly table: string;
  /** The stream that a row follows from, and the columns that find it by an index. */
  readonly key: string;
  readonly stream: string;
  readonly columns: readonly Column[];
  /** Puts the rows of a stream in the order in which the facts give them. */
  readonly order: string;
}

interface Column {
  readonly name: string;
  /** How the value is written; the column itself where absent. */
  readonly sql?: string;
  /** A figure may be shown; everything else by its digest. A list has the names of its figures. */
  readonly figure?: true | readonly string[];
}

/** A value as the row check writes it: text or number, undefined for null. */
export type Cell = string | number | undefined;

const ABSENT = '∅';
const BETWEEN_CELLS = '\u001f';
const BETWEEN_ROWS = '\u001e';
const COMPANY = 500;

interface Expected {
  readonly stream: string;
  readonly version: number;
  readonly rows: readonly string[];
}

/** Compares the rows that facts give with the rows of a table, some hundred streams at a time. */
export class RowCheck {
  private readonly waiting = new Map<string, Expected>();
  private readonly text: string;

  constructor(
    private readonly client: Client,
    private readonly shape: TableShape,
  ) {
    const { table, key, columns, order } = shape;
    const cells = columns.map(({ name, sql = name }) => `coalesce((${sql})::text, '${ABSENT}')`);
    this.text = `select ${key} as key,
        string_agg(concat_ws(E'\\x1f', ${cells.join(', ')}), E'\\x1e' order by ${order}) as rows
      from ${table} where ${key} = any ($1::text[]) group by 1`;
  }

  /** The rows that the facts of a stream give, up to a version. Answers the first difference of those that waited. */
  expect(
    key: string,
    place: { readonly stream: string; readonly version: number },
    rows: readonly (readonly Cell[])[],
  ): Promise<Difference | undefined> | undefined {
    this.waiting.set(key, { ...place, rows: rows.map(rowText) });
    return this.waiting.size < COMPANY ? undefined : this.flush();
  }

  /** Compares what is waiting. */
  async flush(): Promise<Difference | undefined> {
    if (this.waiting.size === 0) return undefined;
    const { rows } = await this.client.query<{ key: string; rows: string }>({
      name: `audit-${this.shape.table}`,
      text: this.text,
      values: [[...this.waiting.keys()]],
    });
    const found = new Map(rows.map((row) => [row.key, row.rows]));
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const [key, expected] of waiting) {
      const text = found.get(key);
      const difference = this.compare(expected, text === undefined ? [] : text.split(BETWEEN_ROWS));
      if (difference !== undefined) return difference;
    }
    return undefined;
  }

  private compare({ stream, version, rows }: Expected, found: readonly string[]) {
    const { table } = this.shape;
    const place = { stream, version };
    for (const [index, row] of rows.entries()) {
      if (found[index] === undefined) break;
      if (found[index] === row) continue;
      return { ...place, ...this.cellDifference(row, found[index]) };
    }
    if (found.length === rows.length) return undefined;
    const [expected, there] = [String(rows.length), String(found.length)];
    return { ...place, what: `rows of ${table}`, expected, found: there };
  }

  private cellDifference(row: string, foundRow: string): Difference {
    const { table, columns } = this.shape;
    const [expected, found] = [row.split(BETWEEN_CELLS), foundRow.split(BETWEEN_CELLS)];
    const at = expected.findIndex((cell, index) => cell !== found[index]);
    const column = columns[at];
    const cells = { expected: expected[at] ?? ABSENT, found: found[at] ?? ABSENT };
    if (column === undefined) return { what: `a row of ${table}` };
    return { ...cellOf(column, cells), what: `${table}.${nameOf(column, cells)}` };
  }
}

interface Cells {
  readonly expected: string;
  readonly found: string;
}

function nameOf({ name, figure }: Column, cells: Cells): string {
  if (figure === undefined || figure === true) return name;
  return `${name}.${figure[placeIn(cells)] ?? placeIn(cells)}`;
}

function cellOf({ figure }: Column, cells: Cells): Cells {
  if (figure === undefined) {
    return { expected: digestOf(cells.expected), found: digestOf(cells.found) };
  }
  if (figure === true) return cells;
  const at = placeIn(cells);
  const figureOf = (text: string): string => text.split(',')[at] ?? ABSENT;
  return { expected: figureOf(cells.expected), found: figureOf(cells.found) };
}

/** The place of the first figure of a list that differs. */
function placeIn({ expected, found }: Cells): number {
  const there = found.split(',');
  return expected.split(',').findIndex((figure, index) => figure !== there[index]);
}

const rowText = (cells: readonly Cell[]): string =>
  cells.map((cell) => (cell === undefined ? ABSENT : String(cell))).join(BETWEEN_CELLS);
