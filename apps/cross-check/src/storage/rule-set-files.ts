import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

/** The exact text of a rule set's files, by name. */
export type RuleSetTexts = Readonly<Record<string, string>>;

const MANIFEST = 'rule-set.json';

/** Every rule set under a folder: one folder each, with `rule-set.json` in it. */
export function readRuleSetFolders(folder: string): readonly RuleSetTexts[] {
  const found: RuleSetTexts[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const own = join(folder, entry.name);
    const names = readdirSync(own).filter((name) => name === MANIFEST || name.endsWith('.csv'));
    if (!names.includes(MANIFEST)) continue;
    found.push(
      Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(own, name), 'utf8')])),
    );
  }
  return found;
}

/** The manifest as JSON. Throws a SyntaxError when it is none. */
export const manifestOf = (texts: RuleSetTexts): unknown => JSON.parse(texts[MANIFEST] ?? 'null');

/** SHA-256 (hex) over names and texts in the order of the names. */
export function hashOfRuleSet(texts: RuleSetTexts): string {
  const hash = createHash('sha256');
  for (const name of Object.keys(texts).sort()) {
    const text = texts[name] ?? '';
    hash.update(`${name}\n${Buffer.byteLength(text)}\n`).update(text);
  }
  return hash.digest('hex');
}

/** The rows of a table by column. Throws when the file is missing, ragged or lacks a column. */
export function tableOf(
  texts: RuleSetTexts,
  file: string,
  columns: readonly string[],
): readonly Readonly<Record<string, string>>[] {
  const text = texts[file];
  if (text === undefined) throw new Error(`the rule set names ${file}, which is not there`);
  const rows: Record<string, string>[] = parse(text, { columns: true, bom: true });
  const missing = columns.find((column) => rows[0]?.[column] === undefined);
  if (missing !== undefined) throw new Error(`${file} has no column ${missing}`);
  return rows;
}
