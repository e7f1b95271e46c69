import { ageOn, type CivilDate } from '@domain/kernel';
import type { Subject } from '../visit';
import { undetermined, type Verdict } from './verdict';

/** Ages in completed years; both ends included, as 以上 and 以下 do in law. */
export interface ChildLimit {
  readonly kind: 'child-only';
  readonly from?: number;
  readonly until?: number;
}

/** Where childhood ends when the publication names no age: doubtful from one age on, certain from the other. */
export interface ChildAge {
  readonly doubtfulFrom: number;
  readonly certainFrom: number;
}

/** Reads `child`, `3-12`, `3-` or `-11`; undefined when it is none of these. */
export function readChildOnly(value: string): ChildLimit | undefined {
  if (value === 'child') return { kind: 'child-only' };
  const match = /^(\d{1,2})?-(\d{1,2})?$/.exec(value);
  if (match === null || value === '-') return undefined;
  const from = match[1] === undefined ? undefined : Number(match[1]);
  const until = match[2] === undefined ? undefined : Number(match[2]);
  if (from !== undefined && until !== undefined && from > until) return undefined;
  return {
    kind: 'child-only',
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until }),
  };
}

/**
 * 药品/医疗服务项目儿童专用 and 药品限儿童使用, by completed years on the day of service. Without a published
 * upper age, an age between the two readings of "child" is only suspected. Undefined when the limit holds.
 */
export function judgeChildOnly(
  limit: ChildLimit,
  subject: Subject,
  on: CivilDate,
  childAge: ChildAge,
): Verdict | undefined {
  const allowed = describe(limit);
  if (subject.birthDate === undefined) return undetermined(allowed, '参保人年龄');
  const age = ageOn(subject.birthDate, on);
  const tooYoung = limit.from !== undefined && age < limit.from;
  const firstTooOld = limit.until === undefined ? childAge.doubtfulFrom : limit.until + 1;
  if (!tooYoung && age < firstTooOld) return undefined;
  const doubtful = !tooYoung && limit.until === undefined && age < childAge.certainFrom;
  return {
    state: 'hit',
    certainty: doubtful ? 'suspected' : 'certain',
    observed: `${age}周岁`,
    limit: allowed,
    sentence: `${allowed}使用，参保人${age}周岁`,
  };
}

function describe(limit: ChildLimit): string {
  if (limit.from !== undefined && limit.until !== undefined) {
    return `限${limit.from}至${limit.until}周岁儿童`;
  }
  if (limit.from !== undefined) return `限${limit.from}周岁及以上儿童`;
  if (limit.until !== undefined) return `限${limit.until}周岁及以下儿童`;
  return '限儿童';
}
