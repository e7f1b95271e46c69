import {
  commonRoutes,
  crossCheckRoutes,
  enrolmentRoutes,
  type RouteContract,
  type Service,
  settlementRoutes,
} from '@lib/contracts';
import { openApiOf } from '@lib/edge';
import { asyncApi } from './asyncapi';
import { stableJson } from './stable-json';

/** A file that is written from code: its path from the project's root, and its content. */
export interface Generated {
  readonly path: string;
  readonly content: string;
}

const ROUTES: Readonly<Record<Service, readonly RouteContract[]>> = {
  'enrolment-query': Object.values(enrolmentRoutes),
  settlement: Object.values(settlementRoutes),
  'cross-check': crossCheckRoutes,
};

/** The published contracts: OpenAPI of each service and AsyncAPI of all, from the tables in `libs/contracts` alone. Pure. */
export function contractDocuments(): readonly Generated[] {
  const openApis = Object.entries(ROUTES).map(([service, routes]) => ({
    path: `openapi/${service}.json`,
    content: stableJson(openApiOf(serviceOf(service), withCommon(serviceOf(service), routes))),
  }));
  return [...openApis, { path: 'asyncapi.json', content: stableJson(asyncApi()) }];
}

/** The tables of some services hold the common routes already. */
function withCommon(service: Service, routes: readonly RouteContract[]): readonly RouteContract[] {
  const known = new Set(routes.map(({ method, path }) => `${method} ${path}`));
  const common = commonRoutes(service).filter(
    ({ method, path }) => !known.has(`${method} ${path}`),
  );
  return [...routes, ...common];
}

function serviceOf(name: string): Service {
  const service = (['enrolment-query', 'settlement', 'cross-check'] as const).find(
    (each) => each === name,
  );
  if (service === undefined) throw new RangeError(`there is no service ${name}`);
  return service;
}
