import { type LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';

/** The service's log: JSON lines with trace ids. Callers log codes, counts and ids of the platform, never input. */
export type Logs = PinoLogger;

/** The injection token of `Logs`. */
export const LOGS = Symbol('logs');

// A net below the rule that nothing of this is logged in the first place.
const REDACTED = [
  'authorization',
  'token',
  'body',
  'personNo',
  'certificateNo',
  'name',
  'phone',
  'address',
  'password',
  'key',
  'detail',
].flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);

/** The logger of a service, to standard output unless told otherwise. */
export function createLogs(service: string, level: string, destination?: DestinationStream): Logs {
  const options = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: REDACTED, censor: '[redacted]' },
    serializers: { err: describeError },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

// What PostgreSQL says about an error without quoting a value.
const SAFE_FIELDS = ['code', 'constraint', 'table', 'routine', 'syscall'] as const;
// Messages of the engine about code, not about input. A SyntaxError quotes what it could not parse.
const SPEAKING: ReadonlySet<string> = new Set(['ConfigError', 'TypeError', 'ReferenceError']);

/**
 * An error as it may be logged: class, code and stack frames. Messages of database drivers and parsers quote values, so a
 * message is kept only where its class is known not to, or the error says so with `speaks: true`.
 */
export function describeError(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { type: typeof error };
  const described: Record<string, unknown> = { type: error.name };
  for (const field of SAFE_FIELDS) {
    const value: unknown = Reflect.get(error, field);
    if (typeof value === 'string') described[field] = value;
  }
  if (SPEAKING.has(error.name) || Reflect.get(error, 'speaks') === true) {
    described['message'] = error.message;
  }
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  described['stack'] = frames.slice(0, 12).join('\n');
  if (error.cause !== undefined) described['cause'] = describeError(error.cause);
  return described;
}

/** Nest's own messages in the service's log. */
export function nestLogger(logs: Logs): LoggerService {
  const say = (level: 'info' | 'warn' | 'error' | 'debug' | 'trace') => (message: unknown) => {
    if (message instanceof Error) logs[level]({ err: message });
    else logs[level](typeof message === 'string' ? message : 'message without text');
  };
  // Nest speaks at length about its modules at its lowest level of importance.
  return {
    log: say('debug'),
    warn: say('warn'),
    error: say('error'),
    debug: say('debug'),
    verbose: say('trace'),
    fatal: say('error'),
  };
}
