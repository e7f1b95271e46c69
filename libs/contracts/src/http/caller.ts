/** Everyone who may hold a credential. `agency` handles cases and enrolment, `service` is another service of the platform. */
export const ROLES = [
  'partner',
  'agency',
  'enforcement',
  'finance',
  'province',
  'person',
  'operator',
  'auditor',
  'service',
] as const;
export type Role = (typeof ROLES)[number];

export const isRole = (text: unknown): text is Role => ROLES.some((role) => role === text);

/** Roles of the platform itself: no city of theirs restricts them. */
const PLATFORM_ROLES: ReadonlySet<Role> = new Set(['operator', 'auditor', 'service']);

/** Who calls, taken from the credential and nothing else. */
export interface Caller {
  readonly role: Role;
  /** The credential's subject: a person of the agency or a machine, never an insured person's identity. */
  readonly subject: string;
  /** Six-digit cities; a two-digit entry stands for every city of that province. */
  readonly cities: readonly string[];
  readonly counties?: readonly string[];
  /** The opaque key of the insured person, for the role `person`. */
  readonly personKey?: string;
}

/** The cities and the person that a record concerns. */
export interface Parties {
  readonly insuredCity?: string | undefined;
  readonly careCity?: string | undefined;
  readonly personKey?: string | undefined;
}

/** Whether a city is the caller's: listed, or of a province listed, or the caller is of the platform. Pure. */
export function holdsCity(caller: Caller, city: string): boolean {
  if (PLATFORM_ROLES.has(caller.role)) return true;
  return caller.cities.includes(city) || caller.cities.includes(city.slice(0, 2));
}

/**
 * Whether the caller is a party to a record, or its auditor (api.md §1 "Parties"): the insured city, the care city, their
 * provinces, operator. A person is a party to what is their own. Pure; denies when nothing is known.
 */
export function mayRead(caller: Caller, parties: Parties): boolean {
  if (caller.role === 'person') {
    return caller.personKey !== undefined && caller.personKey === parties.personKey;
  }
  if (PLATFORM_ROLES.has(caller.role)) return true;
  return [parties.insuredCity, parties.careCity].some(
    (city) => city !== undefined && isOf(caller, city),
  );
}

/** A province and its treasury see all of the province, whichever of its cities their credential lists. */
function isOf(caller: Caller, city: string): boolean {
  if (holdsCity(caller, city)) return true;
  if (caller.role !== 'province' && caller.role !== 'finance') return false;
  return caller.cities.some((own) => own.slice(0, 2) === city.slice(0, 2));
}

/** The actor as the journal records it; the city is named when there is exactly one. */
export function actorOf(caller: Caller): {
  readonly role: string;
  readonly subject: string;
  readonly city?: string;
} {
  const [city, ...others] = caller.cities;
  const { role, subject } = caller;
  return city === undefined || others.length > 0 ? { role, subject } : { role, subject, city };
}

/**
 * The scope of idempotency keys (architecture §11): role and city, the same over HTTP, batch and Kafka, so that colleagues
 * of one office share their keys. Persons have a scope each.
 */
export function scopeOf(caller: Caller): string {
  const parts: string[] = [caller.role];
  if (caller.cities.length > 0) parts.push([...caller.cities].sort().join('+'));
  if (caller.personKey !== undefined) parts.push(caller.personKey);
  return parts.join(':');
}

/** The caller behind a request topic of a care city: the topic's access list proves the sender (architecture §2). */
export const partnerOf = (city: string): Caller => ({
  role: 'partner',
  subject: `partner:${city}`,
  cities: [city],
});
