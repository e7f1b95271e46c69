import type { RouteContract } from '@lib/contracts';
import type { FastifyInstance, RouteOptions } from 'fastify';
import type { Gate } from './gate';
import { DEFAULT_BODY_LIMIT } from './http-options';

/** The pages of the documentation, which Nest's module serves. */
const DOCUMENTATION = /^\/docs(\/|$)/;

/** A controller and the authorisation table do not agree. */
export class TableMismatch extends Error {
  readonly speaks = true;
  constructor(message: string) {
    super(message);
    this.name = 'TableMismatch';
  }
}

/** Writes down every route that is registered, gives it its body limit, and refuses what the table does not list. */
export class RouteBook {
  private readonly served = new Set<RouteContract>();

  /** Must be made before the first route is registered. */
  constructor(instance: FastifyInstance) {
    instance.addHook('onRoute', (options) => {
      this.register(options);
    });
  }

  /** Throws a TableMismatch unless exactly the table's routes are served. */
  compare(routes: readonly RouteContract[]): void {
    const listed = new Set(routes);
    for (const contract of this.served) {
      if (!same(listed, contract))
        throw new TableMismatch(`${nameOf(contract)} is not in the table`);
    }
    for (const contract of routes) {
      if (!same(this.served, contract)) {
        throw new TableMismatch(`${nameOf(contract)} is in the table, but no controller serves it`);
      }
    }
  }

  private register(options: RouteOptions): void {
    const gate = (options.config as { readonly gate?: Gate } | undefined)?.gate;
    if (gate !== undefined) {
      this.served.add(gate.contract);
      options.bodyLimit = gate.contract.bodyLimitBytes ?? DEFAULT_BODY_LIMIT;
      return;
    }
    if (DOCUMENTATION.test(options.url) && options.method !== 'POST') return;
    throw new TableMismatch(
      `${String(options.method)} ${options.url} has no contract: a controller method without @Endpoint is not served`,
    );
  }
}

/** The common routes are made anew by every call of their function, so they are compared by what they say. */
function same(contracts: ReadonlySet<RouteContract>, one: RouteContract): boolean {
  if (contracts.has(one)) return true;
  for (const contract of contracts) {
    if (nameOf(contract) === nameOf(one) && accessOf(contract) === accessOf(one)) return true;
  }
  return false;
}

const nameOf = (contract: RouteContract): string => `${contract.method} ${contract.path}`;
const accessOf = ({ roles, scope, idempotency }: RouteContract): string =>
  JSON.stringify([roles, scope, idempotency]);
