import { Client } from 'pg';
import { StackFault, messageOf } from './stack-fault';

/** A database of a service, owned by a role of the same name. */
export interface WantedDatabase {
  readonly name: string;
  readonly password: string;
}

/**
 * Creates the databases and roles that are not there yet; a role may use no database but its own, because services never read each
 * other's tables. Safe to repeat.
 */
export async function createDatabases(
  adminUrl: string,
  wanted: readonly WantedDatabase[],
): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    for (const { name, password } of wanted) {
      const [quoted, secret] = [client.escapeIdentifier(name), client.escapeLiteral(password)];
      const role = await client.query('select from pg_roles where rolname = $1', [name]);
      const verb = role.rowCount === 0 ? 'create' : 'alter';
      await client.query(`${verb} role ${quoted} login password ${secret}`);
      const database = await client.query('select from pg_database where datname = $1', [name]);
      if (database.rowCount === 0) {
        await client.query(`create database ${quoted} owner ${quoted}`);
        await client.query(`revoke all on database ${quoted} from public`);
      }
    }
  } finally {
    await client.end();
  }
}

/** Fails with one sentence, without the password, when a database from outside cannot be used. */
export async function checkDatabase(variable: string, url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (cause) {
    throw new StackFault(
      `The database that ${variable} names (${placeOf(url)}) cannot be reached: ${messageOf(cause) || 'nobody answers'}.`,
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The same server and options with another database, and another user where one is given. */
export function urlFor(adminUrl: string, database: string, password?: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  if (password !== undefined) {
    url.username = database;
    url.password = password;
  }
  return url.href;
}

function placeOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host + new URL(url).pathname : 'no URL';
}
