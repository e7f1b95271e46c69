/** A PostgreSQL snapshot as text: `xmin:xmax:xip,xip,…`. Sees every transaction below xmax that is not in the list. */
export interface Snapshot {
  readonly text: string;
  readonly xmax: string;
  /** Transactions that were running when it was taken. */
  readonly running: readonly string[];
}

/** Sees nothing: transaction ids begin at 3. */
export const BEFORE_ALL = '3:3:';

/** Throws a RangeError for text that is no snapshot. */
export function parseSnapshot(text: string): Snapshot {
  const match = /^\d+:(\d+):((?:\d+(?:,\d+)*)?)$/.exec(text);
  if (match === null) throw new RangeError('not a snapshot');
  const running = match[2] === undefined || match[2] === '' ? [] : match[2].split(',');
  return { text, xmax: match[1] ?? '', running };
}
