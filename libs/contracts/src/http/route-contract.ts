import type { Static, TSchema } from '@sinclair/typebox';
import type { Role } from './caller';

export type Service = 'enrolment-query' | 'settlement' | 'cross-check';
export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
export type Part = 'body' | 'query' | 'params';

/** Which city a caller must hold. Roles of the platform (operator, auditor, service) hold every city. */
export type SimpleScope =
  /** No city restricts the call. */
  | { readonly kind: 'any' }
  /** The city in this field must be the caller's. An absent city is denied. */
  | { readonly kind: 'field'; readonly in: Part; readonly field: string }
  /** At least one of the cities in these fields must be the caller's. */
  | { readonly kind: 'oneOf'; readonly in: Part; readonly fields: readonly string[] }
  /** The person named in this field must be the caller. */
  | { readonly kind: 'own'; readonly in: Part; readonly field: string }
  /** The use case decides with `mayRead(caller, parties)` once it has the record, and answers as if there were none. */
  | { readonly kind: 'parties' }
  /** Each item names its city in this field; the use case checks item by item with `holdsCity`, so that one fails alone. */
  | { readonly kind: 'items'; readonly field: string };

/** As above, or differing by role; a role that is not listed is denied. */
export type CityScope =
  | SimpleScope
  | { readonly kind: 'perRole'; readonly roles: Readonly<Partial<Record<Role, SimpleScope>>> };

/** A body that is not JSON: handed to the handler as a stream, unread, of any size. */
export interface StreamBody {
  readonly mediaTypes: readonly string[];
}

/**
 * One route: how it is called, by whom, and what it answers. The tables of these are the platform's only authorisation
 * table; what they do not list is denied, and a controller method without a contract does not start.
 */
export interface RouteContract {
  readonly service: Service;
  /** Unique within the service: labels metrics and names the operation in OpenAPI. */
  readonly id: string;
  readonly method: Method;
  /** `/v1/things/{id}`; `{rest*}` as the last piece takes what follows, slashes included. */
  readonly path: string;
  readonly summary: string;
  /** `public` needs no credential: health, metrics and documentation. */
  readonly roles: readonly Role[] | 'public';
  readonly scope: CityScope;
  readonly body?: TSchema;
  readonly query?: TSchema;
  readonly params?: TSchema;
  readonly stream?: StreamBody;
  /** What is answered by status; the lowest is the status of a plain return. Problems need no mention. */
  readonly answers: Readonly<Record<number, TSchema>>;
  /** `required`: the header must be there. `perItem`: each item carries its own key. */
  readonly idempotency: 'required' | 'perItem' | 'none';
  /** Default 1 MiB. */
  readonly bodyLimitBytes?: number;
}

/** Declares a route and keeps its exact type, from which a handler's `Call` is typed. */
export const route = <const Contract extends RouteContract>(contract: Contract): Contract =>
  contract;

type Checked<Contract, Key extends PropertyKey> = Contract extends {
  readonly [K in Key]: infer Schema extends TSchema;
}
  ? Static<Schema>
  : undefined;

export type BodyOf<Contract extends RouteContract> = Checked<Contract, 'body'>;
export type QueryOf<Contract extends RouteContract> = Checked<Contract, 'query'>;
export type ParamsOf<Contract extends RouteContract> = Checked<Contract, 'params'>;
