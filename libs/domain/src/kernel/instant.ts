import { type CivilDate, dateOfDayNumber, dayNumber, parseCivilDate } from './civil-date';

declare const instantBrand: unique symbol;

/** A moment, in milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number & { readonly [instantBrand]: true };

const DAY_MS = 86_400_000;
const CHINA_OFFSET_MS = 8 * 3_600_000;
const FORM = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/;

export const instant = (epochMs: number): Instant => epochMs as Instant;

/** A moment in RFC 3339 with any offset, to the millisecond; undefined when it is not one. */
export function parseInstant(text: string): Instant | undefined {
  const match = FORM.exec(text);
  if (match === null) return undefined;
  const date = parseCivilDate(match[1] ?? '');
  const [hour, minute, second] = [Number(match[2]), Number(match[3]), Number(match[4])];
  const offsetMs = parseOffset(match[6] ?? '');
  if (date === undefined || offsetMs === undefined) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const milliseconds = Number((match[5] ?? '').padEnd(3, '0').slice(0, 3));
  const local =
    dayNumber(date) * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds;
  return (local - offsetMs) as Instant;
}

/** A moment as the platform writes it: China Standard Time, milliseconds only when there are any. */
export function formatInstant(at: Instant): string {
  const local = at + CHINA_OFFSET_MS;
  const days = Math.floor(local / DAY_MS);
  const rest = local - days * DAY_MS;
  const pad = (value: number, width = 2): string => String(value).padStart(width, '0');
  const clock = `${pad(Math.floor(rest / 3_600_000))}:${pad(Math.floor(rest / 60_000) % 60)}:${pad(Math.floor(rest / 1000) % 60)}`;
  const fraction = rest % 1000 === 0 ? '' : `.${pad(rest % 1000, 3)}`;
  return `${dateOfDayNumber(days)}T${clock}${fraction}+08:00`;
}

/** The day in China on which a moment falls. */
export const dateOf = (at: Instant): CivilDate =>
  dateOfDayNumber(Math.floor((at + CHINA_OFFSET_MS) / DAY_MS));

/** The first moment of a day in China. */
export const startOfDay = (date: CivilDate): Instant =>
  (dayNumber(date) * DAY_MS - CHINA_OFFSET_MS) as Instant;

function parseOffset(text: string): number | undefined {
  if (text === 'Z') return 0;
  const [hours, minutes] = [Number(text.slice(1, 3)), Number(text.slice(4, 6))];
  if (hours > 14 || minutes > 59) return undefined;
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
