import { createHash } from 'node:crypto';
import type { Route } from '@lib/journal';

export { personStream } from '../storage/person-streams';

/** Who read whom: private to the service. */
export const accessStream = (personKey: string): string => `access/${personKey}`;

/** Refusals of a city and day are spread over so many streams, so that no stream head becomes a queue. */
const REFUSAL_SHARDS = 8;

/** The private stream that a refusal belongs to; it sorts after `person/…`, so that locks keep one order. */
export function refusalStream(insuredCity: string, day: string, key: string): string {
  const shard = (createHash('sha256').update(key).digest()[0] ?? 0) % REFUSAL_SHARDS;
  return `refusals/${insuredCity}/${day}/${shard}`;
}

/** Persons' streams are published by person; accesses and refusals stay here. */
export const enrolmentRoute: Route = (stream) => {
  const [kind, personKey] = stream.split('/');
  if (kind !== 'person' || personKey === undefined) return undefined;
  return { topic: 'enrolment.facts', key: personKey };
};
