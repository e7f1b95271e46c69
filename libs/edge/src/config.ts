import { KindGuard, type Static, type TObject, type TSchema, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

/** A setting that cannot be used. The message is one sentence that names the variable, never its value. */
export class ConfigError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ConfigError';
  }
}

const text = (description: string) => Type.String({ minLength: 1, description });
const whole = (description: string, byDefault: number, minimum = 0) =>
  Type.Integer({ minimum, default: byDefault, description });

/** The variables of every service; a service adds its own: `Type.Object({ ...edgeVariables, … })`. */
export const edgeVariables = {
  PORT: Type.Integer({ minimum: 0, maximum: 65_535, description: 'a port, 0 for any free one' }),
  HOST: Type.String({ minLength: 1, default: '127.0.0.1', description: 'an address to listen on' }),
  DATABASE_URL: Type.String({ pattern: '^postgres(ql)?://', description: 'a postgres:// address' }),
  DATABASE_SOCKET_DIR: Type.Optional(text('the folder of the server’s Unix socket')),
  DATABASE_POOL_SIZE: Type.Integer({
    minimum: 1,
    maximum: 100,
    default: 10,
    description: 'a number of connections',
  }),
  KAFKA_BROKERS: Type.String({
    pattern: '^[^,\\s]+:\\d+(,[^,\\s]+:\\d+)*$',
    description: 'host:port, several separated by commas',
  }),
  KAFKA_SSL: Type.Boolean({ default: false, description: 'true or false' }),
  KAFKA_SASL_MECHANISM: Type.Optional(
    Type.Union(
      (['plain', 'scram-sha-256', 'scram-sha-512'] as const).map((name) => Type.Literal(name)),
      { description: 'plain, scram-sha-256 or scram-sha-512' },
    ),
  ),
  KAFKA_SASL_USERNAME: Type.Optional(text('a user name')),
  KAFKA_SASL_PASSWORD: Type.Optional(text('a password')),
  KAFKA_SESSION_TIMEOUT_MS: whole('milliseconds, at least 1000', 6_000, 1_000),
  AUTH_JWKS_FILE: text('the path of a JWKS file'),
  AUTH_ISSUER: text('the issuer of tokens'),
  AUTH_AUDIENCE: text('the audience of tokens'),
  DATA_DIR: text('the path of the data folder'),
  PERSONAL_DATA_KEYS_FILE: Type.Optional(text('the path of the personal-data keys')),
  CLOCK_FILE: Type.Optional(text('the path of the clock file')),
  CLOCK_MOVABLE: Type.Boolean({ default: false, description: 'true or false' }),
  LOG_LEVEL: Type.Union(
    (['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const).map((level) =>
      Type.Literal(level),
    ),
    { default: 'info', description: 'fatal, error, warn, info, debug, trace or silent' },
  ),
  HTTP_BODY_TIMEOUT_MS: whole('milliseconds until a body must have arrived', 10_000, 100),
  HTTP_MAX_IN_FLIGHT: whole('requests served at once', 2_000, 1),
  HTTP_MAX_LOOP_DELAY_MS: whole('milliseconds of event-loop delay', 400, 10),
  DRAIN_TIMEOUT_MS: whole('milliseconds that a stop may take', 10_000, 100),
} as const;

export const edgeConfig = Type.Object(edgeVariables);
export type EdgeConfig = Static<typeof edgeConfig>;

/**
 * The environment as the schema's types, with its defaults; variables that the schema does not name are left out. Throws a
 * ConfigError for the first variable that is missing or wrong, naming it and what it must be.
 */
export function readConfig<Schema extends TObject>(
  schema: Schema,
  env: Readonly<Record<string, string | undefined>>,
): Static<Schema> {
  const read: Record<string, unknown> = {};
  for (const [name, variable] of Object.entries(schema.properties)) {
    const value = valueOf(variable, env[name]);
    if (value === undefined && KindGuard.IsOptional(variable)) continue;
    const wanted = variable.description ?? 'as documented';
    if (value === undefined) throw new ConfigError(`${name} is not set: it must be ${wanted}.`);
    if (!Value.Check(variable, value)) throw new ConfigError(`${name} must be ${wanted}.`);
    read[name] = value;
  }
  return Value.Decode(schema, read);
}

function valueOf(variable: TSchema, given: string | undefined): unknown {
  if (given === undefined || given === '') return variable.default;
  if (KindGuard.IsInteger(variable)) return /^-?\d{1,15}$/.test(given) ? Number(given) : given;
  if (KindGuard.IsBoolean(variable)) {
    if (given === 'true' || given === '1') return true;
    return given === 'false' || given === '0' ? false : given;
  }
  return given;
}
