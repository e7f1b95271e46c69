import type { ReceivedFact } from '../types';
import type { Arrival, FactIdentity } from './decode';

/** What a consumer has of a foreign stream. */
export interface InboxStream {
  readonly producer: string;
  readonly stream: string;
  /** The newest version handled, 0 for none. */
  readonly version: number;
  /** Versions above it that are parked, and those that an operator dropped. */
  readonly parked: readonly number[];
  readonly dropped: readonly number[];
}

export type ParkedKind = 'fault' | 'malformed' | 'waiting' | 'gap';

export interface ToPark {
  readonly arrival: Arrival;
  readonly kind: ParkedKind;
  readonly cause: string;
}

export interface SortedArrivals {
  /** To be handled, in order of arrival: each the next version of its stream. */
  readonly fresh: readonly ReceivedFact[];
  readonly toPark: readonly ToPark[];
  /** Streams whose version moves. */
  readonly moved: readonly FactIdentity[];
  /** Streams in which a parked fact is the next one then. */
  readonly releasable: readonly FactIdentity[];
}

/**
 * Sorts a batch in order of arrival. A version already handled, parked or dropped is a repeat and vanishes; the next
 * version is fresh; a later one waits behind a parked predecessor, or behind a gap. `condemned` tells that whatever is
 * fresh must not be handled again but parked, with this cause.
 */
export function sortArrivals(
  arrivals: readonly Arrival[],
  streams: readonly InboxStream[],
  condemned?: string,
): SortedArrivals {
  const ends = new Map(streams.map((stream) => [streamKey(stream), endOf(stream)]));
  const fresh: ReceivedFact[] = [];
  const toPark: ToPark[] = [];
  for (const arrival of arrivals) {
    const end = arrival.identity && ends.get(streamKey(arrival.identity));
    const place =
      end === undefined || arrival.identity === undefined
        ? 'apart'
        : placeOf(end, arrival.identity);
    if (place === 'repeat') continue;
    const next = place === 'next' && arrival.status === 'fact' && condemned === undefined;
    if (next && end !== undefined) {
      fresh.push(arrival.fact);
      advance(end, arrival.identity.version);
      continue;
    }
    toPark.push({ arrival, ...verdictOf(arrival, place, condemned) });
    if (arrival.identity !== undefined) end?.parked.add(arrival.identity.version);
  }
  const moved = [...ends.values()].filter((end) => end.version > end.before);
  return {
    fresh,
    toPark,
    moved: moved.map(identityOf),
    releasable: moved.filter((end) => end.parked.has(end.version + 1)).map(identityOf),
  };
}

/** The version a stream stands at after one was handled or dropped: dropped ones that follow are passed over. */
export function versionAfter(version: number, dropped: ReadonlySet<number>): number {
  let after = version;
  while (dropped.has(after + 1)) after += 1;
  return after;
}

export const streamKey = ({ producer, stream }: { producer: string; stream: string }): string =>
  `${producer}\n${stream}`;

interface StreamEnd {
  readonly producer: string;
  readonly stream: string;
  readonly before: number;
  version: number;
  readonly parked: Set<number>;
  readonly dropped: ReadonlySet<number>;
}

type Place = 'repeat' | 'next' | 'waiting' | 'gap' | 'apart';

const endOf = ({ producer, stream, version, parked, dropped }: InboxStream): StreamEnd => ({
  producer,
  stream,
  before: version,
  version,
  parked: new Set(parked),
  dropped: new Set(dropped),
});

function placeOf(end: StreamEnd, { version }: FactIdentity): Place {
  if (version <= end.version || end.parked.has(version) || end.dropped.has(version))
    return 'repeat';
  if (version === end.version + 1) return 'next';
  return end.parked.has(end.version + 1) ? 'waiting' : 'gap';
}

function advance(end: StreamEnd, version: number): void {
  end.version = versionAfter(version, end.dropped);
}

function verdictOf(
  arrival: Arrival,
  place: Place,
  condemned: string | undefined,
): { readonly kind: ParkedKind; readonly cause: string } {
  if (arrival.status === 'malformed') return { kind: 'malformed', cause: arrival.cause };
  if (place === 'waiting')
    return { kind: 'waiting', cause: 'an earlier fact of the stream is parked' };
  if (place === 'gap')
    return { kind: 'gap', cause: 'an earlier fact of the stream has not arrived' };
  return { kind: 'fault', cause: condemned ?? 'unknown' };
}

const identityOf = ({ producer, stream, version }: StreamEnd): FactIdentity => ({
  producer,
  stream,
  version,
});
