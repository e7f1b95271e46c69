import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'csv-parse/sync';

/** The project's `data` folder, found upwards from the compiled or the source file. Throws when there is none. */
export function dataFolder(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'data', 'cities.json'))) return join(folder, 'data');
    if (folder === dirname(folder)) throw new Error('the data folder was not found');
  }
}

/** A row of a CSV file by column name. Asking for a column that is not there throws. */
export class Row {
  constructor(private readonly cells: Readonly<Record<string, string>>) {}

  text(column: string): string {
    const cell = this.cells[column];
    if (cell === undefined) throw new Error(`there is no column ${column}`);
    return cell;
  }

  /** A number; throws when the cell holds none. */
  number(column: string): number {
    const cell = this.text(column);
    const value = Number(cell);
    if (cell === '' || !Number.isFinite(value)) throw new Error(`${column} holds no number`);
    return value;
  }
}

/** The rows of a CSV file with a header. */
export function readRows(file: string): readonly Row[] {
  const cells = parse<Record<string, string>>(readFileSync(file), { columns: true, bom: true });
  return cells.map((each) => new Row(each));
}
