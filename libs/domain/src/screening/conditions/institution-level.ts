import type { Subject } from '../visit';
import { undetermined, type Verdict } from './verdict';

export interface InstitutionLevelLimit {
  readonly kind: 'institution-level';
  readonly level: 1 | 2 | 3;
}

const NAMES = ['无等级', '一级', '二级', '三级'] as const;

/** Reads 一级, 二级 or 三级; undefined when it is none of these. */
export function readInstitutionLevel(value: string): InstitutionLevelLimit | undefined {
  if (value === '一级') return { kind: 'institution-level', level: 1 };
  if (value === '二级') return { kind: 'institution-level', level: 2 };
  if (value === '三级') return { kind: 'institution-level', level: 3 };
  return undefined;
}

/**
 * 药品限医疗机构级别: the institution's tier must reach the one named. What counts at a pharmacy is the tier of
 * the hospital that prescribed, which the visit does not tell: undetermined. Undefined when the limit holds.
 */
export function judgeInstitutionLevel(
  limit: InstitutionLevelLimit,
  subject: Subject,
  careType: string,
): Verdict | undefined {
  const allowed = `限${NAMES[limit.level]}及以上医疗机构`;
  if (careType === 'pharmacy') return undetermined(allowed, '开具处方的医疗机构级别');
  const level = subject.institutionLevel;
  if (level === undefined) return undetermined(allowed, '医疗机构级别');
  if (level >= limit.level) return undefined;
  const observed = NAMES[level] ?? '无等级';
  return {
    state: 'hit',
    certainty: 'certain',
    observed,
    limit: allowed,
    sentence: `${allowed}使用，就诊医疗机构为${observed}`,
  };
}
