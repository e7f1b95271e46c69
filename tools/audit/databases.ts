import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Service, SERVICES } from './replay-stretch';

/** What the auditor asked cannot be done; the message is one sentence that says what to change. */
export class AuditFault extends Error {}

const IN_STACK_FILE: Readonly<Record<Service, string>> = {
  settlement: 'settlement',
  'enrolment-query': 'enrolmentQuery',
  'cross-check': 'crossCheck',
};

const VARIABLES: Readonly<Record<Service, string>> = {
  settlement: 'SETTLEMENT_DATABASE_URL',
  'enrolment-query': 'ENROLMENT_QUERY_DATABASE_URL',
  'cross-check': 'CROSS_CHECK_DATABASE_URL',
};

export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  /** The folder of a local stack, where `stack.json` names the databases. */
  readonly runDir: string;
}

/** A service by either of its names, `cross-check` or `crossCheck`. Throws an AuditFault for another name. */
export function serviceNamed(name: string): Service {
  const service = SERVICES.find((each) => each === name || IN_STACK_FILE[each] === name);
  if (service === undefined) {
    throw new AuditFault(`There is no service "${name}"; there are: ${SERVICES.join(', ')}.`);
  }
  return service;
}

/**
 * Where each service's database is: the variable of its own, else the local stack's `stack.json`. Throws an AuditFault
 * where neither says.
 */
export function databasesOf(
  services: readonly Service[],
  { env, runDir }: Surroundings,
): ReadonlyMap<Service, string> {
  const known = stackDatabases(runDir);
  return new Map(
    services.map((service) => {
      const url = env[VARIABLES[service]] ?? known[IN_STACK_FILE[service]];
      if (url !== undefined && url !== '') return [service, url];
      throw new AuditFault(
        `Where the database of ${service} is, neither ${VARIABLES[service]} nor ${join(runDir, 'stack.json')} says: start the stack, set the variable, or give --service and --database.`,
      );
    }),
  );
}

function stackDatabases(runDir: string): Readonly<Record<string, string | undefined>> {
  const file = join(runDir, 'stack.json');
  if (!existsSync(file)) return {};
  const info = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly databases?: Readonly<Record<string, string>>;
  };
  return info.databases ?? {};
}
