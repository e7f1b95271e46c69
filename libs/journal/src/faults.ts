/** A use case kept using its transaction after it ended: a promise that nobody awaited. */
export class TransactionOver extends Error {
  override readonly name = 'TransactionOver';
}

/** Something was appended or set that the journal cannot hold. A programming fault, never the caller's. */
export class NotForTheJournal extends Error {
  override readonly name = 'NotForTheJournal';
}

/** A command key appeared between look-up and commit: another transaction answered the command. */
export class CommandKeyTaken extends Error {
  override readonly name = 'CommandKeyTaken';
}

/** The database undid a transaction although every statement's error was swallowed. */
export class CommitUndone extends Error {
  override readonly name = 'CommitUndone';
}

const CONNECTION_CODES = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOENT',
  'EHOSTUNREACH',
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57P05', // idle_session_timeout
  '25P03', // idle_in_transaction_session_timeout
  '25P04', // transaction_timeout
]);
const CONNECTION_WORDS =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout exceeded when trying to connect|terminating connection)/;

/** Whether the connection failed, not the statement: the outcome is unknown and nobody's input is to blame. */
export function isConnectionFault(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined && (CONNECTION_CODES.has(code) || code.startsWith('08'))) return true;
  return error instanceof Error && CONNECTION_WORDS.test(error.message);
}

/** Deadlock, serialization failure or lock time-out: two transactions met, and the loser may try again. */
export function isConflict(error: unknown): boolean {
  const code = codeOf(error);
  return code === '40001' || code === '40P01' || code === '55P03';
}

/** Whether the environment failed (connection, conflict, disk or memory full, too many connections) and not the input. */
export const isEnvironmentFault = (error: unknown): boolean =>
  isConnectionFault(error) || isConflict(error) || (codeOf(error)?.startsWith('53') ?? false);

/**
 * Whether a transaction that failed so is run again from its start. Waiting in vain for a connection of the pool is not:
 * nothing was begun, and trying again would feed an overload.
 */
export const isWorthRerunning = (error: unknown): boolean =>
  error instanceof CommandKeyTaken ||
  isConflict(error) ||
  (isConnectionFault(error) && !isPoolExhausted(error));

const isPoolExhausted = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith('timeout exceeded when trying to connect');

/**
 * A cause that may be stored and logged: class and message without values. Of a database error only the code and the
 * names of table and constraint remain, because message and detail quote values; elsewhere quoted text and long
 * numbers are masked, and a parser's message, which quotes its input, is dropped.
 */
export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'a value that is no error was thrown';
  const code = codeOf(error);
  if (code !== undefined && /^[0-9A-Z]{5}$/.test(code)) {
    const names = ['table', 'column', 'constraint'].flatMap((field) => {
      const name: unknown = Reflect.get(error, field);
      return typeof name === 'string' ? [`${field} ${name}`] : [];
    });
    return [`database error ${code}`, ...names].join(', ');
  }
  if (error instanceof SyntaxError) return error.name;
  const message = error.message
    .replace(/"[^"]*"|'[^']*'|`[^`]*`|“[^”]*”/g, '"…"')
    .replace(/\d{6,}/g, '#');
  return `${error.name}: ${message}`.slice(0, 300);
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' ? code : undefined;
}
