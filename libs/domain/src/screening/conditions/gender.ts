import type { Subject } from '../visit';
import { undetermined, type Verdict } from './verdict';

export interface GenderLimit {
  readonly kind: 'gender';
  readonly gender: 'male' | 'female';
}

const NAMES = { male: '男性', female: '女性' } as const;

/** Reads the published value 男 or 女; undefined when it is neither. */
export function readGender(value: string): GenderLimit | undefined {
  if (value === '男') return { kind: 'gender', gender: 'male' };
  if (value === '女') return { kind: 'gender', gender: 'female' };
  return undefined;
}

/** 药品/医疗服务项目区分性别使用: the person must be of the gender named. Undefined when the limit holds. */
export function judgeGender(limit: GenderLimit, subject: Subject): Verdict | undefined {
  if (subject.gender === limit.gender) return undefined;
  const allowed = `限${NAMES[limit.gender]}`;
  if (subject.gender === undefined) return undetermined(allowed, '参保人性别');
  const observed = NAMES[subject.gender];
  return {
    state: 'hit',
    certainty: 'certain',
    observed,
    limit: allowed,
    sentence: `${allowed}使用，参保人为${observed}`,
  };
}
