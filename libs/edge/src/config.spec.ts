import { Type } from '@sinclair/typebox';
import { edgeConfig, edgeVariables, readConfig } from './config';
import { kafkaSettings } from './kafka/settings';

const env = {
  PORT: '7102',
  DATABASE_URL: 'postgres://user:secret@127.0.0.1/settlement',
  KAFKA_BROKERS: '127.0.0.1:9092',
  AUTH_JWKS_FILE: '/keys/jwks.json',
  AUTH_ISSUER: 'local-stack',
  AUTH_AUDIENCE: 'ten-city-settlement',
  DATA_DIR: '/data',
};

describe('configuration', () => {
  it('comes from the environment, with defaults, as types', () => {
    expect(readConfig(edgeConfig, { ...env, CLOCK_MOVABLE: 'true', UNKNOWN: 'x' })).toMatchObject({
      PORT: 7102,
      HOST: '127.0.0.1',
      CLOCK_MOVABLE: true,
      KAFKA_SSL: false,
      LOG_LEVEL: 'info',
    });
  });

  it('takes what a service adds', () => {
    const schema = Type.Object({ ...edgeVariables, CROSS_CHECK_URL: Type.String() });
    const config = readConfig(schema, { ...env, CROSS_CHECK_URL: 'http://127.0.0.1:7103' });
    expect(config.CROSS_CHECK_URL).toBe('http://127.0.0.1:7103');
  });

  it.each<[Record<string, string | undefined>, string]>([
    [{ PORT: undefined }, 'PORT is not set: it must be a port, 0 for any free one.'],
    [{ PORT: '70000' }, 'PORT must be a port, 0 for any free one.'],
    [{ PORT: 'http' }, 'PORT must be a port, 0 for any free one.'],
    [{ DATABASE_URL: 'mysql://user:secret@host' }, 'DATABASE_URL must be a postgres:// address.'],
    [{ KAFKA_BROKERS: 'broker' }, 'KAFKA_BROKERS must be host:port, several separated by commas.'],
    [{ KAFKA_SSL: 'maybe' }, 'KAFKA_SSL must be true or false.'],
    [{ AUTH_ISSUER: '' }, 'AUTH_ISSUER is not set: it must be the issuer of tokens.'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be fatal, error, warn, info, debug, trace or silent.'],
  ])(
    'names the variable that is wrong, in one sentence without its value: %j',
    (given, sentence) => {
      expect(() => readConfig(edgeConfig, { ...env, ...given })).toThrow(sentence);
      expect(() => readConfig(edgeConfig, { ...env, ...given })).not.toThrow('secret');
    },
  );
});

describe('the broker', () => {
  const safe = {
    KAFKA_SASL_MECHANISM: 'scram-sha-512',
    KAFKA_SASL_USERNAME: 'u',
    KAFKA_SASL_PASSWORD: 'p',
  };
  const read = (given: Record<string, string>) =>
    kafkaSettings(readConfig(edgeConfig, { ...env, ...given }));

  it.each(['127.0.0.1:9092', 'localhost:9092', '[::1]:9092', '127.0.0.1:1,127.8.0.1:2'])(
    'on this machine may be plain: %s',
    (brokers) => {
      expect(read({ KAFKA_BROKERS: brokers })).toMatchObject({ ssl: false, sasl: undefined });
    },
  );

  it.each<[string, Record<string, string>]>([
    ['without TLS and SASL', {}],
    ['without TLS', safe],
    ['without SASL', { KAFKA_SSL: 'true' }],
    ['when one of several is elsewhere', { KAFKA_BROKERS: '127.0.0.1:9092,kafka.example:9092' }],
    ['when its name only begins like loopback', { KAFKA_BROKERS: '127.0.0.1.example:9092' }],
  ])('elsewhere is refused %s', (_what, given) => {
    expect(() => read({ KAFKA_BROKERS: 'kafka.example:9093', ...given })).toThrow(
      'KAFKA_BROKERS names a broker that is not on this machine',
    );
  });

  it('elsewhere is taken with TLS and SASL', () => {
    expect(read({ KAFKA_BROKERS: 'kafka.example:9093', KAFKA_SSL: 'true', ...safe })).toEqual({
      brokers: ['kafka.example:9093'],
      ssl: true,
      sasl: { mechanism: 'scram-sha-512', username: 'u', password: 'p' },
    });
  });

  it('is not used with half a credential', () => {
    expect(() => read({ KAFKA_SASL_USERNAME: 'u' })).toThrow('must be set together');
  });
});
