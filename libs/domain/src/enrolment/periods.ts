import {
  addDays,
  type CivilDate,
  dateOfDayNumber,
  dayNumber,
  parseCivilDate,
} from '@domain/kernel';

/** A period whose ends are both included; an absent end is open. */
export interface Period {
  readonly from: CivilDate;
  readonly until?: CivilDate;
}

/** Whether two periods share a day. One that ends before it begins has none. */
export function overlaps(a: Period, b: Period): boolean {
  if (isEmpty(a) || isEmpty(b)) return false;
  return (
    (a.until === undefined || b.from <= a.until) && (b.until === undefined || a.from <= b.until)
  );
}

const isEmpty = ({ from, until }: Period): boolean => until !== undefined && until < from;

/**
 * The last day of so many whole months that begin on a day: the day before the same day of the later month, or the last of
 * that month where it has no such day. Six months from 1 January end on 30 June, from 31 August on 28 or 29 February.
 */
export function lastDayOfMonths(from: CivilDate, months: number): CivilDate {
  const month = Number(from.slice(0, 4)) * 12 + Number(from.slice(5, 7)) - 1 + months;
  const same = parseCivilDate(`${monthText(month)}-${from.slice(8)}`);
  if (same !== undefined) return addDays(same, -1);
  const next = parseCivilDate(`${monthText(month + 1)}-01`);
  // The first of a month exists in every year that a day of the calendar can name.
  return dateOfDayNumber(dayNumber(next ?? from) - 1);
}

const monthText = (month: number): string =>
  `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`;
