import {
  addDays,
  type CivilDate,
  dayNumber,
  type Instant,
  instant,
  startOfDay,
} from '@domain/kernel';

/** The days of a simulation, cut to the moments between two others where given. */
export interface Window {
  readonly from: CivilDate;
  readonly days: number;
  /** Nothing is settled before this moment. */
  readonly notBefore?: Instant;
  /** Nothing is settled after this moment. */
  readonly until?: Instant;
}

const HOUR_MS = 3_600_000;

/** Settlements by hour of the day, out of a hundred. */
const HOURS: readonly (readonly [number, number])[] = [
  [7, 2],
  [8, 11],
  [9, 16],
  [10, 16],
  [11, 10],
  [12, 3],
  [13, 4],
  [14, 9],
  [15, 11],
  [16, 9],
  [17, 5],
  [18, 2],
  [19, 1],
  [20, 1],
];

/** Sunday to Saturday, a Wednesday being 1. */
const WEEKDAYS = [0.4, 1.18, 1.06, 1, 1, 0.96, 0.58] as const;

/** 0 for Sunday. 1970-01-01 was a Thursday. */
export const weekdayOf = (date: CivilDate): number => (dayNumber(date) + 4) % 7;

interface Stretch {
  readonly startMs: number;
  readonly lengthMs: number;
  /** Weight of all stretches up to and including this one. */
  readonly upTo: number;
}

/** The opening hours of a window, as one line of time on which busy hours are long. */
export class OpeningHours {
  private readonly stretches: readonly Stretch[];
  private readonly total: number;
  readonly dates: readonly CivilDate[];

  /** Throws a RangeError when nothing is open in the window. */
  constructor(private readonly window: Window) {
    this.dates = Array.from({ length: window.days }, (_, day) => addDays(window.from, day));
    const stretches: Stretch[] = [];
    let total = 0;
    for (const date of this.dates) {
      for (const [hour, weight] of HOURS) {
        const start = startOfDay(date) + hour * HOUR_MS;
        const [from, to] = [Math.max(start, this.notBefore), Math.min(start + HOUR_MS, this.until)];
        if (to <= from) continue;
        total += ((weight * (to - from)) / HOUR_MS) * (WEEKDAYS[weekdayOf(date)] ?? 1);
        stretches.push({ startMs: from, lengthMs: to - from, upTo: total });
      }
    }
    if (stretches.length === 0) throw new RangeError('nothing is open in the window');
    this.stretches = stretches;
    this.total = total;
  }

  /** The moment, to the second, at which a share (0 to 1) of the window's visits is done. Rises with the share. */
  at(share: number): Instant {
    const weight = share * this.total;
    let [low, high] = [0, this.stretches.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.stretches[middle]?.upTo ?? 0) > weight) high = middle;
      else low = middle + 1;
    }
    const stretch = this.stretches[low];
    if (stretch === undefined) throw new RangeError('no such share');
    const before = low === 0 ? 0 : (this.stretches[low - 1]?.upTo ?? 0);
    const part = Math.min(1, Math.max(0, (weight - before) / (stretch.upTo - before)));
    return wholeSecond(stretch.startMs + part * stretch.lengthMs);
  }

  /** Whether a moment lies between the ends of the window. */
  isOpen(at: Instant): boolean {
    return at >= this.notBefore && at <= this.until;
  }

  private get notBefore(): number {
    return this.window.notBefore ?? 0;
  }

  private get until(): number {
    return this.window.until ?? Number.MAX_SAFE_INTEGER;
  }
}

const wholeSecond = (ms: number): Instant => instant(Math.floor(ms / 1000) * 1000);
