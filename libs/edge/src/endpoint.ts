import type { Method, RouteContract } from '@lib/contracts';
import { applyDecorators, HttpCode, RequestMapping, RequestMethod } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { gateOf } from './gate';

const METHODS: Readonly<Record<Method, RequestMethod>> = {
  GET: RequestMethod.GET,
  POST: RequestMethod.POST,
  PATCH: RequestMethod.PATCH,
  PUT: RequestMethod.PUT,
  DELETE: RequestMethod.DELETE,
};

/**
 * Makes a controller method answer a route of the authorisation table: method, path, status, roles, city, fields and
 * idempotency key are the contract's. The controller itself has no path.
 */
export function Endpoint(contract: RouteContract): MethodDecorator {
  const gate = gateOf(contract);
  return applyDecorators(
    RequestMapping({ method: METHODS[contract.method], path: routerPath(contract.path) }),
    HttpCode(gate.status),
    RouteConfig({ gate }),
  );
}

/** `/v1/things/{id}` as the router writes it: `/v1/things/:id`, and `{rest*}` as `*`. */
export const routerPath = (path: string): string =>
  path.replaceAll(/\{(\w+)\*\}/g, '*').replaceAll(/\{(\w+)\}/g, ':$1');
