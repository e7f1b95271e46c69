import type { Subject } from '../visit';
import { undetermined, type Verdict } from './verdict';

/** 工伤 or 生育: the insurances that the published limits name. */
export type LimitedInsurance = '工伤' | '生育';

export interface InsuranceLimit {
  readonly kind: 'insurance-type';
  readonly insurance: LimitedInsurance;
}

/** Which insurances of this platform satisfy each limit: none, unless a rule set says otherwise. */
export type InsurancesMeeting = Readonly<
  Record<LimitedInsurance, readonly ('employee' | 'resident')[]>
>;

const NAMES = { employee: '职工基本医疗保险', resident: '城乡居民基本医疗保险' } as const;

/** Reads 工伤 or 生育; undefined when it is neither. */
export function readInsurance(value: string): InsuranceLimit | undefined {
  return value === '工伤' || value === '生育'
    ? { kind: 'insurance-type', insurance: value }
    : undefined;
}

/** 药品限工伤保险, 药品限生育保险: the insurance that pays must be the one named. Undefined when the limit holds. */
export function judgeInsurance(
  limit: InsuranceLimit,
  subject: Subject,
  meeting: InsurancesMeeting,
): Verdict | undefined {
  const allowed = `限${limit.insurance}保险`;
  if (subject.insurance === undefined) return undetermined(allowed, '参保人险种');
  if (meeting[limit.insurance].includes(subject.insurance)) return undefined;
  const observed = NAMES[subject.insurance];
  return {
    state: 'hit',
    certainty: 'certain',
    observed,
    limit: allowed,
    sentence: `${allowed}使用，参保人险种为${observed}`,
  };
}
