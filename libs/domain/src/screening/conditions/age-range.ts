import { ageOn, type CivilDate } from '@domain/kernel';
import type { Subject } from '../visit';
import { undetermined, type Verdict } from './verdict';

export interface AgeRangeLimit {
  readonly kind: 'age-range';
  readonly range: 'workingAge' | { readonly from?: number; readonly until?: number };
}

/** 法定就业年龄: from the first age on, until the day before the second is completed. */
export interface WorkingAge {
  readonly from: number;
  readonly untilMale: number;
  readonly untilFemale: number;
}

/** Reads `legal_working_age`, `18-60`, `18-` or `-60`; undefined when it is none of these. */
export function readAgeRange(value: string): AgeRangeLimit | undefined {
  if (value === 'legal_working_age') return { kind: 'age-range', range: 'workingAge' };
  const match = /^(\d{1,3})?-(\d{1,3})?$/.exec(value);
  if (match === null || value === '-') return undefined;
  const from = match[1] === undefined ? undefined : Number(match[1]);
  const until = match[2] === undefined ? undefined : Number(match[2]);
  if (from !== undefined && until !== undefined && from > until) return undefined;
  return {
    kind: 'age-range',
    range: {
      ...(from === undefined ? {} : { from }),
      ...(until === undefined ? {} : { until }),
    },
  };
}

/** 医疗服务项目限年龄, by completed years on the day of service, both ends included. Undefined when the limit holds. */
export function judgeAgeRange(
  limit: AgeRangeLimit,
  subject: Subject,
  on: CivilDate,
  workingAge: WorkingAge,
): Verdict | undefined {
  const allowed = limit.range === 'workingAge' ? '限法定就业年龄段' : describe(limit.range);
  if (subject.birthDate === undefined) return undetermined(allowed, '参保人年龄');
  const age = ageOn(subject.birthDate, on);
  const bounds =
    limit.range === 'workingAge' ? workingBounds(workingAge, subject.gender) : limit.range;
  const holds =
    (bounds.from === undefined || age >= bounds.from) &&
    (bounds.until === undefined || age <= bounds.until);
  if (holds) return undefined;
  return {
    state: 'hit',
    certainty: 'certain',
    observed: `${age}周岁`,
    limit: allowed,
    sentence: `${allowed}使用，参保人${age}周岁`,
  };
}

/** The widest reading where the gender is not known. */
function workingBounds(
  age: WorkingAge,
  gender: Subject['gender'],
): { from: number; until: number } {
  const end =
    gender === undefined
      ? Math.max(age.untilMale, age.untilFemale)
      : gender === 'male'
        ? age.untilMale
        : age.untilFemale;
  return { from: age.from, until: end - 1 };
}

function describe(range: { readonly from?: number; readonly until?: number }): string {
  if (range.from !== undefined && range.until !== undefined) {
    return `限${range.from}至${range.until}周岁`;
  }
  return range.from !== undefined ? `限${range.from}周岁及以上` : `限${range.until ?? 0}周岁及以下`;
}
