import { formatInstant } from '@domain/kernel';
import type { OutgoingMessage, Route, StoredFact } from '../types';

/**
 * A fact as a CloudEvents 1.0 message in binary mode, or undefined when its stream is not published. The value is the
 * stored payload, byte for byte. The trace parent is derived from the hash, so that a repeat carries the same one.
 */
export function cloudEventOf(
  fact: StoredFact,
  source: string,
  route: Route,
): OutgoingMessage | undefined {
  const destination = route(fact.stream);
  if (destination === undefined) return undefined;
  return {
    ...destination,
    value: fact.payload,
    headers: {
      ce_specversion: '1.0',
      ce_id: `${source}/${fact.stream}/${fact.version}`,
      ce_source: source,
      ce_type: fact.type,
      ce_subject: fact.stream,
      ce_sequence: String(fact.version),
      ce_time: formatInstant(fact.recordedAt),
      'content-type': 'application/json',
      traceparent: `00-${fact.hash.slice(0, 32)}-${fact.hash.slice(32, 48)}-01`,
    },
  };
}
