import type { Refusal } from '@domain/kernel';
import {
  type Caller,
  holdsCity,
  type Part,
  type Role,
  type RouteContract,
  type SimpleScope,
} from '@lib/contracts';
import { type Check, compileCheck, type ReadTexts, textReader } from './check';

/** What a request carries besides its credential, as far as it has been read. */
export interface Parts {
  body: unknown;
  query: unknown;
  params: unknown;
}

/** A route contract made ready: everything that can be worked out once is. */
export interface Gate {
  readonly contract: RouteContract;
  readonly isPublic: boolean;
  /** Served under overload too: health, metrics, documentation, administration. */
  readonly alwaysServed: boolean;
  readonly status: number;
  readonly mayCall: (role: Role) => boolean;
  /** Parses texts, checks the caller's city and every field. Replaces query and params by their typed form. */
  readonly admit: (caller: Caller | undefined, parts: Parts) => Refusal | undefined;
}

const gates = new WeakMap<RouteContract, Gate>();

/** The gate of a contract, compiled at the first call. */
export function gateOf(contract: RouteContract): Gate {
  const known = gates.get(contract);
  if (known !== undefined) return known;
  const roles = contract.roles;
  const gate: Gate = {
    contract,
    isPublic: roles === 'public',
    alwaysServed: roles === 'public' || contract.path.startsWith('/admin/'),
    status: Math.min(...Object.keys(contract.answers).map(Number)),
    mayCall: (role) => roles === 'public' || roles.includes(role),
    admit: admission(contract),
  };
  gates.set(contract, gate);
  return gate;
}

const NOTHING: Readonly<Record<string, unknown>> = Object.freeze({});
const noFields: Check = (value) => {
  if (typeof value !== 'object' || value === null) return { refused: 'edge.field-unknown' };
  const [first] = Object.keys(value);
  return first === undefined
    ? undefined
    : { refused: 'edge.field-unknown', field: first.slice(0, 200) };
};

function admission(contract: RouteContract): Gate['admit'] {
  const readQuery = readerOf(contract.query);
  const readParams = paramsReader(contract);
  const checkQuery = contract.query === undefined ? noFields : compileCheck(contract.query);
  const checkParams = contract.params === undefined ? noFields : compileCheck(contract.params);
  const checkBody = bodyCheck(contract);
  const scopes = scopesOf(contract);
  return (caller, parts) => {
    const refusal = readInto(parts, readQuery, readParams);
    if (refusal !== undefined) return refusal;
    const scope = caller === undefined ? undefined : scopes(caller.role);
    // The city comes before the fields: a stranger learns nothing from our checks.
    return (
      cityRefusal(scope, caller, parts, 'present') ??
      checkParams(parts.params) ??
      checkQuery(parts.query) ??
      checkBody(parts.body) ??
      cityRefusal(scope, caller, parts, 'final')
    );
  };
}

/** An absent body is checked as an empty object, so that the first missing field is named. */
function bodyCheck(contract: RouteContract): Check {
  if (contract.stream !== undefined) return () => undefined;
  const check = contract.body === undefined ? noFields : compileCheck(contract.body);
  return (body) => check(body ?? NOTHING);
}

const readerOf = (schema: RouteContract['query']): ReadTexts | undefined =>
  schema === undefined ? undefined : textReader(schema);

/** The router calls the last piece of `/things/{rest*}` by a star; the contract by its name. */
function paramsReader(contract: RouteContract): ReadTexts | undefined {
  const read = readerOf(contract.params);
  const rest = /\{(\w+)\*\}$/.exec(contract.path)?.[1];
  if (read === undefined || rest === undefined) return read;
  return ({ '*': star, ...params }) => read({ ...params, [rest]: star });
}

function readInto(
  parts: Parts,
  readQuery: ReadTexts | undefined,
  readParams: ReadTexts | undefined,
): Refusal | undefined {
  if (readQuery !== undefined) {
    const query = readQuery(textsOf(parts.query));
    if (query.refusal !== undefined) return query.refusal;
    parts.query = query.values;
  }
  if (readParams !== undefined) {
    const params = readParams(textsOf(parts.params));
    if (params.refusal !== undefined) return params.refusal;
    parts.params = params.values;
  }
  return undefined;
}

const textsOf = (part: unknown): Readonly<Record<string, unknown>> =>
  typeof part === 'object' && part !== null ? { ...part } : NOTHING;

type ScopeOf = (role: Role) => SimpleScope | undefined;

function scopesOf(contract: RouteContract): ScopeOf {
  const { scope } = contract;
  if (scope.kind !== 'perRole') return () => scope;
  return (role) => scope.roles[role];
}

/**
 * Refuses a caller whose city is not the one named. `present` looks at what is there before the schema has been asked, `final`
 * afterwards also refuses what is absent.
 */
function cityRefusal(
  scope: SimpleScope | undefined,
  caller: Caller | undefined,
  parts: Parts,
  stage: 'present' | 'final',
): Refusal | undefined {
  if (caller === undefined) return undefined;
  if (scope === undefined) return { refused: 'edge.role-not-allowed' };
  switch (scope.kind) {
    case 'any':
    case 'parties':
    case 'items':
      return undefined;
    case 'field':
      return heldRefusal(caller, parts, { ...scope, fields: [scope.field] }, stage);
    case 'oneOf':
      return heldRefusal(caller, parts, scope, stage);
    case 'own':
      return ownRefusal(caller, textIn(parts[scope.in], scope.field), scope.field, stage);
  }
}

function heldRefusal(
  caller: Caller,
  parts: Parts,
  scope: { readonly in: Part; readonly fields: readonly string[] },
  stage: 'present' | 'final',
): Refusal | undefined {
  let named = false;
  for (const field of scope.fields) {
    const city = textIn(parts[scope.in], field);
    if (city === undefined) continue;
    named = true;
    if (holdsCity(caller, city)) return undefined;
  }
  const [field] = scope.fields;
  if (!named && (stage === 'present' || holdsCity(caller, ''))) return undefined;
  return { refused: 'edge.city-not-allowed', ...(field === undefined ? {} : { field }) };
}

function ownRefusal(
  caller: Caller,
  person: string | undefined,
  field: string,
  stage: 'present' | 'final',
): Refusal | undefined {
  if (person === undefined && stage === 'present') return undefined;
  if (person !== undefined && person === caller.personKey) return undefined;
  return { refused: 'edge.not-own', field };
}

function textIn(part: unknown, field: string): string | undefined {
  if (typeof part !== 'object' || part === null || !Object.hasOwn(part, field)) return undefined;
  const value: unknown = Reflect.get(part, field);
  return typeof value === 'string' ? value : undefined;
}
