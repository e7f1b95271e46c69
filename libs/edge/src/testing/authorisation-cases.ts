import {
  type CityScope,
  type Method,
  type Part,
  type Role,
  ROLES,
  type RouteContract,
  type SimpleScope,
} from '@lib/contracts';

/** Two cities of different provinces, so that nothing of one lets the other in. */
export const OWN_CITY = '430100';
export const FOREIGN_CITY = '360700';
export const OWN_PERSON = 'person-own';
export const FOREIGN_PERSON = 'person-foreign';

/** What the table says about one route, one role and one place. */
export interface AuthorisationCase {
  readonly title: string;
  readonly contract: RouteContract;
  readonly role: Role;
  /** Whether the request names the caller's city (or person), another, or whether the route names none. */
  readonly place: 'own' | 'foreign' | 'none';
  readonly request: {
    readonly method: Method;
    /** With the query. */
    readonly path: string;
    readonly body: Readonly<Record<string, unknown>> | undefined;
    readonly headers: Readonly<Record<string, string>>;
  };
  /** `forbidden` = 403; `admitted` = anything but 401 and 403 (a bare body may well be 400); `useCase`: not the door's to say. */
  readonly expected: 'forbidden' | 'admitted' | 'useCase';
}

const CITY_FREE: readonly Role[] = ['operator', 'auditor', 'service'];

/**
 * Every route with every role, and where the route names a city, with the caller's own and a foreign one. The verdict is
 * worked out from the table here, by other code than the door's. Tokens: `cities: [OWN_CITY]` for roles with a city, and
 * `personKey: OWN_PERSON` for persons.
 */
export function authorisationCases(routes: readonly RouteContract[]): readonly AuthorisationCase[] {
  return routes
    .filter((contract) => contract.roles !== 'public')
    .flatMap((contract) =>
      ROLES.flatMap((role) => {
        const scope = scopeFor(contract.scope, role);
        return placesOf(scope).map((place) => caseOf(contract, role, scope, place));
      }),
    );
}

function scopeFor(scope: CityScope, role: Role): SimpleScope | undefined {
  return scope.kind === 'perRole' ? scope.roles[role] : scope;
}

const placesOf = (scope: SimpleScope | undefined): readonly AuthorisationCase['place'][] =>
  scope === undefined || scope.kind === 'any' ? ['none'] : ['own', 'foreign'];

function caseOf(
  contract: RouteContract,
  role: Role,
  scope: SimpleScope | undefined,
  place: AuthorisationCase['place'],
): AuthorisationCase {
  const named = namedFields(scope, place);
  const path = filledPath(contract.path, named.params);
  const query = new URLSearchParams(named.query).toString();
  return {
    title: `${contract.method} ${contract.path} for ${role}, ${place} city`,
    contract,
    role,
    place,
    request: {
      method: contract.method,
      path: query === '' ? path : `${path}?${query}`,
      body: contract.method === 'GET' || contract.method === 'DELETE' ? undefined : named.body,
      headers: contract.idempotency === 'required' ? { 'idempotency-key': 'authorisation-1' } : {},
    },
    expected: verdict(contract, role, scope, place),
  };
}

function verdict(
  contract: RouteContract,
  role: Role,
  scope: SimpleScope | undefined,
  place: AuthorisationCase['place'],
): AuthorisationCase['expected'] {
  if (!contract.roles.includes(role) || scope === undefined) return 'forbidden';
  if (scope.kind === 'parties' || scope.kind === 'items') return 'useCase';
  if (scope.kind === 'any' || place === 'own') return 'admitted';
  return scope.kind !== 'own' && CITY_FREE.includes(role) ? 'admitted' : 'forbidden';
}

type Named = Readonly<Record<Part, Readonly<Record<string, string>>>>;

function namedFields(scope: SimpleScope | undefined, place: AuthorisationCase['place']): Named {
  const named: Record<Part, Record<string, string>> = { body: {}, query: {}, params: {} };
  if (scope === undefined) return named;
  const city = place === 'foreign' ? FOREIGN_CITY : OWN_CITY;
  const person = place === 'foreign' ? FOREIGN_PERSON : OWN_PERSON;
  if (scope.kind === 'field') named[scope.in][scope.field] = city;
  if (scope.kind === 'own') named[scope.in][scope.field] = person;
  if (scope.kind === 'oneOf') for (const field of scope.fields) named[scope.in][field] = city;
  return named;
}

const filledPath = (template: string, params: Readonly<Record<string, string>>): string =>
  template.replaceAll(/\{(\w+)\*?\}/g, (_match, name: string) => params[name] ?? 'x');
