import { SCHEMA_QUERIES } from './schema-queries';

/** What a dump reads with: a DataSource, a client. */
export interface Questions {
  query(sql: string): Promise<unknown>;
}

interface Line {
  readonly table: string;
  readonly line: string;
}

/**
 * The schema of a database as text: tables with columns, constraints, indexes and triggers, then functions. Asked from the
 * catalog, because the embedded server has no pg_dump; to be read and compared, not to be run.
 */
export async function dumpSchema(database: Questions, service: string): Promise<string> {
  const ask = async (sql: string): Promise<readonly Line[]> =>
    (await database.query(sql)) as readonly Line[];
  const tables = await ask(SCHEMA_QUERIES.tables);
  const columns = byTable(await ask(SCHEMA_QUERIES.columns));
  const constraints = byTable(await ask(SCHEMA_QUERIES.constraints));
  const indexes = byTable(await ask(SCHEMA_QUERIES.indexes));
  const triggers = byTable(await ask(SCHEMA_QUERIES.triggers));
  const functions = await ask(SCHEMA_QUERIES.functions);
  const blocks = tables.map(({ table, line }) => {
    const inside = [...(columns.get(table) ?? []), ...(constraints.get(table) ?? [])];
    const after = [...(indexes.get(table) ?? []), ...(triggers.get(table) ?? [])];
    return [`table ${line}`, ...inside.map((each) => `  ${each}`), ...after].join('\n');
  });
  const head = `-- The schema of ${service}, written by \`npm run generate\` from a freshly migrated database.\n-- Partitions of single months are left out.`;
  return `${[head, ...blocks, ...functions.map(({ line }) => line.trim())].join('\n\n')}\n`;
}

function byTable(lines: readonly Line[]): ReadonlyMap<string, readonly string[]> {
  const tables = new Map<string, string[]>();
  for (const { table, line } of lines) {
    const known = tables.get(table);
    if (known === undefined) tables.set(table, [line]);
    else known.push(line);
  }
  return tables;
}
