import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { StackClock } from './clock';
import type { Ground } from './ground';
import { Part } from './part';
import { StackFault } from './stack-fault';
import { tokenAudience, tokenIssuer } from './tokens';

/** The three services, as the outside names them. */
export type ServiceKey = 'enrolmentQuery' | 'settlement' | 'crossCheck';

/** What differs between services. */
export interface ServiceDefinition {
  readonly key: ServiceKey;
  readonly name: string;
  readonly database: string;
  readonly databaseVariable: string;
  readonly portVariable: string;
  readonly port: number;
}

export const serviceDefinitions: readonly ServiceDefinition[] = [
  {
    key: 'enrolmentQuery',
    name: 'enrolment-query',
    database: 'enrolment_query',
    databaseVariable: 'ENROLMENT_QUERY_DATABASE_URL',
    portVariable: 'ENROLMENT_QUERY_PORT',
    port: 7101,
  },
  {
    key: 'settlement',
    name: 'settlement',
    database: 'settlement',
    databaseVariable: 'SETTLEMENT_DATABASE_URL',
    portVariable: 'SETTLEMENT_PORT',
    port: 7102,
  },
  {
    key: 'crossCheck',
    name: 'cross-check',
    database: 'cross_check',
    databaseVariable: 'CROSS_CHECK_DATABASE_URL',
    portVariable: 'CROSS_CHECK_PORT',
    port: 7103,
  },
];

/** A value for each service. */
export type PerService<T> = Readonly<Record<ServiceKey, T>>;

/** Works something out for each service. */
export function perService<T>(work: (service: ServiceDefinition) => T): PerService<T> {
  const [enrolmentQuery, settlement, crossCheck] = serviceDefinitions;
  if (!enrolmentQuery || !settlement || !crossCheck) throw new Error('there are three services');
  return {
    enrolmentQuery: work(enrolmentQuery),
    settlement: work(settlement),
    crossCheck: work(crossCheck),
  };
}

/** What the services of one stack are told. */
export interface ServiceSurroundings {
  readonly ports: PerService<number>;
  readonly databaseUrls: PerService<string>;
  /** The socket of the embedded server, for services whose database is there. */
  readonly socketDirs: PerService<string | undefined>;
  readonly kafkaBrokers: string;
  readonly jwksFile: string;
  readonly dataDir: string;
  readonly personalDataKeysFile: string;
  readonly serviceTokenFile: string;
  readonly clock: StackClock;
}

/** The environment of one service process, over that of the caller. */
export function serviceEnvironment(
  service: ServiceDefinition,
  surroundings: ServiceSurroundings,
): NodeJS.ProcessEnv {
  const { ports, databaseUrls, clock } = surroundings;
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    HOST: '127.0.0.1',
    PORT: String(ports[service.key]),
    DATABASE_URL: databaseUrls[service.key],
    KAFKA_BROKERS: surroundings.kafkaBrokers,
    AUTH_JWKS_FILE: surroundings.jwksFile,
    AUTH_ISSUER: tokenIssuer,
    AUTH_AUDIENCE: tokenAudience,
    DATA_DIR: surroundings.dataDir,
    PERSONAL_DATA_KEYS_FILE: surroundings.personalDataKeysFile,
    // Within the grace that a stop gives, so that a service ends by itself.
    DRAIN_TIMEOUT_MS: process.env['DRAIN_TIMEOUT_MS'] ?? '8000',
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'info',
    CROSS_CHECK_URL: undefined,
    SERVICE_TOKEN_FILE: undefined,
    // A hint: the socket saves 10–20 % against TCP, for a service that wants it.
    DATABASE_SOCKET_DIR: surroundings.socketDirs[service.key],
    LOG_FILE: undefined,
    CLOCK_FILE: clock.movable || clock.offsetMs !== 0 ? clock.file : undefined,
    CLOCK_MOVABLE: clock.movable ? 'true' : undefined,
  };
  if (service.key === 'settlement') {
    environment['CROSS_CHECK_URL'] = urlOf(ports.crossCheck);
    environment['SERVICE_TOKEN_FILE'] = surroundings.serviceTokenFile;
  }
  return environment;
}

/** Batches make much that lives only for one batch: a larger nursery saves a third of the garbage collector's work. */
const nodeOptions = ['--enable-source-maps', '--max-semi-space-size=64'];

/** Starts one service; it is ready when it says so itself. Fails with one sentence when it is not compiled or does not come up. */
export async function startService(
  ground: Ground,
  service: ServiceDefinition,
  run: {
    readonly buildDir: string;
    readonly root: string;
    readonly surroundings: ServiceSurroundings;
  },
): Promise<Part> {
  const program = join(run.buildDir, 'apps', service.name, 'src', 'main.js');
  if (!existsSync(program)) {
    throw new StackFault(`${service.name} is not compiled (${program}): run \`npm run build\`.`);
  }
  const health = `${urlOf(run.surroundings.ports[service.key])}/health/ready`;
  const part = new Part(
    {
      name: service.name,
      runDir: ground.runDir,
      command: process.execPath,
      args: [...nodeOptions, program],
      cwd: run.root,
      env: serviceEnvironment(service, run.surroundings),
      stopSignals: ['SIGTERM'],
      killSignal: 'SIGKILL',
      graceMs: 10_000,
      readyWithinMs: 60_000,
      probe: () => isReady(health),
    },
    ground,
  );
  await ground.scope.start(part, 'services');
  return part;
}

/** Where a service of the local stack answers. */
export function urlOf(port: number): string {
  return `http://127.0.0.1:${String(port)}`;
}

async function isReady(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`it answers ${String(response.status)}`);
}
