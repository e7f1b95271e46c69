import { createHash } from 'node:crypto';
import type { Route } from '@lib/journal';

/** Refusals of a pair and day are spread over so many streams, so that no stream head becomes a queue. */
const REFUSAL_SHARDS = 8;

/** The stream of refusals that a visit's no belongs to; sorts after benefit years, so that locks keep one order. */
export function refusalStream(
  insuredCity: string,
  careCity: string,
  day: string,
  key: string,
): string {
  const shard = (createHash('sha256').update(key).digest()[0] ?? 0) % REFUSAL_SHARDS;
  return `refusals/${insuredCity}/${careCity}/${day}/${shard}`;
}

export const institutionStream = (institutionCode: string): string =>
  `institution/${institutionCode}`;
export const practitionerStream = (doctorCode: string): string => `practitioner/${doctorCode}`;
/** Loading a policy document is a fact of its own, not published. */
export const documentStream = (kind: string, id: string): string => `documents/${kind}/${id}`;

const TOPIC = 'settlement.facts';

/** Where each stream of settlement is published: benefit years by person, the rest by their own name. */
export const settlementRoute: Route = (stream) => {
  const [kind, ...rest] = stream.split('/');
  switch (kind) {
    case 'benefit-year':
      return { topic: TOPIC, key: rest[2] ?? stream };
    case 'refusals':
      return { topic: TOPIC, key: stream };
    case 'institution':
    case 'practitioner':
      return { topic: TOPIC, key: rest[0] ?? stream };
    default:
      return undefined;
  }
};
