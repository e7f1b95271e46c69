import { isCityCode, parseCivilDate } from '@domain/kernel';
import type { PackPersonType } from './pack';
import {
  type ByPerson,
  type ChronicDiseaseWire,
  type ChronicSectionWire,
  type PolicyPackWire,
  type RatioWire,
  type RemoteRulesWire,
  TIERS,
} from './pack-wire';

/** What is wrong with a document, at which path, in words for the person who keeps it. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** What a pack is checked against. */
export interface PackContext {
  /** The packs it will stand beside, itself among them or not. */
  readonly packs: readonly PolicyPackWire[];
  /** The M-codes of the national chronic-disease catalogue that are known. */
  readonly knownDiseases: ReadonlySet<string>;
}

export type Report = (path: string, message: string) => void;

const WHOLE = 10_000;

/** 国家规定的异地就医支付比例差距上限 (domain-rules §3.1, §3.3); a long-term filing has the local ratio. */
const CEILINGS = { longTerm: 0, referral: 1_000, emergency: 1_000, other: 2_000 } as const;

const PERSONS: Readonly<Record<PolicyPackWire['insurance'], readonly PackPersonType[]>> = {
  employee: ['inService', 'retired'],
  resident: ['resident'],
};

/**
 * Everything that is wrong with a pack that has the form of one (domain-rules §6.4): overlap in time, ratios outside
 * 0–1, caps and ratios lower for the retired than in service, remote cuts above the national ceilings or in two
 * manners, diseases without a known M-code, names that lead nowhere. Empty when it may be loaded.
 */
export function validatePack(pack: PolicyPackWire, context: PackContext): readonly Problem[] {
  const problems: Problem[] = [];
  const report: Report = (path, message) => problems.push({ path, message });
  checkIdentity(pack, report);
  checkPeriod(pack, report);
  checkOverlap(pack, context.packs, report);
  checkSources(pack, pack.sources, report);
  checkRemote(pack.remote.chronic, report);
  checkSection(pack, report);
  for (const [code, disease] of Object.entries(pack.chronic.diseases)) {
    const path = `chronic.diseases.${code}`;
    if (!context.knownDiseases.has(code)) report(path, '病种编码不在门诊慢特病病种目录（M码）中');
    checkDisease(path, disease, { pack, report });
  }
  return problems;
}

function checkIdentity(pack: PolicyPackWire, report: Report): void {
  if (!isCityCode(pack.insuredCity)) report('insuredCity', '不是统筹区的六位编码');
  if (pack.id !== `${pack.insuredCity}-${pack.insurance}`) {
    report('id', '应为“参保地编码-险种”，如 360700-resident');
  }
}

/** Both ends exist in the calendar and stand in order. Serves agreements too. */
export function checkPeriod(
  period: { readonly validFrom: string; readonly validUntil?: string },
  report: Report,
): void {
  const { validFrom, validUntil } = period;
  if (parseCivilDate(validFrom) === undefined) report('validFrom', '不是有效日期');
  if (validUntil === undefined) return;
  if (parseCivilDate(validUntil) === undefined) report('validUntil', '不是有效日期');
  if (validUntil < validFrom) report('validUntil', '失效日期早于生效日期');
}

/** Whether two periods, both ends included and an absent end open, share a day. */
export const periodsOverlap = (
  a: { readonly validFrom: string; readonly validUntil?: string },
  b: { readonly validFrom: string; readonly validUntil?: string },
): boolean =>
  (a.validUntil === undefined || b.validFrom <= a.validUntil) &&
  (b.validUntil === undefined || a.validFrom <= b.validUntil);

function checkOverlap(
  pack: PolicyPackWire,
  others: readonly PolicyPackWire[],
  report: Report,
): void {
  for (const other of others) {
    const isOther = other.id !== pack.id || other.version !== pack.version;
    if (!isOther || other.insuredCity !== pack.insuredCity) continue;
    if (other.insurance !== pack.insurance || !periodsOverlap(pack, other)) continue;
    if (pack.supersedes === other.version || other.supersedes === pack.version) continue;
    report('validFrom', `与 ${other.id} ${other.version} 的有效期重叠`);
  }
}

/** Every `source` anywhere in the document names an entry of `sources`. */
export function checkSources(
  document: unknown,
  sources: Readonly<Record<string, unknown>>,
  report: Report,
  path = '',
): void {
  if (typeof document !== 'object' || document === null) return;
  for (const [key, value] of Object.entries(document)) {
    const at = path === '' ? key : `${path}.${key}`;
    if (at === 'sources') continue;
    if (key !== 'source') checkSources(value, sources, report, at);
    else if (typeof value !== 'string' || !Object.hasOwn(sources, value)) {
      report(at, `来源 ${String(value)} 未在 sources 中列出`);
    }
  }
}

function checkRemote(remote: RemoteRulesWire, report: Report): void {
  const groups = ['longTerm', 'referral', 'emergency', 'other'] as const;
  const modes = new Set(groups.map((group) => remote[group].mode));
  if (modes.size > 1) {
    report('remote.chronic', '先行自付与降低比例只能取其一，不得并用');
  }
  for (const group of groups) {
    const path = `remote.chronic.${group}.basisPoints`;
    const { basisPoints } = remote[group];
    const ceiling = CEILINGS[group];
    if (basisPoints < 0) report(path, '不得为负');
    if (basisPoints > ceiling) {
      report(path, `超过国家上限：${ceiling / 100}个百分点，实为${basisPoints / 100}个百分点`);
    }
  }
}

function checkSection(pack: PolicyPackWire, report: Report): void {
  const { chronic } = pack;
  checkRatio('chronic.ratio', chronic.ratio, { pack, report });
  checkAmount('chronic.deductible.amountFen', chronic.deductible.amountFen, report);
  const caps = chronic.yearlyCap.amountFen;
  checkPersons('chronic.yearlyCap.amountFen', caps, { pack, report });
  checkMonotone('chronic.yearlyCap.amountFen', caps, report);
  for (const [person, amount] of Object.entries(caps)) {
    checkAmount(`chronic.yearlyCap.amountFen.${person}`, amount, report);
  }
  for (const [id, group] of Object.entries(chronic.groups)) {
    checkAmount(`chronic.groups.${id}.amountFen`, group.amountFen ?? 0, report);
  }
  if (Object.keys(chronic.diseases).length === 0) report('chronic.diseases', '没有列出任何病种');
}

interface Checking {
  readonly pack: PolicyPackWire;
  readonly report: Report;
}

function checkDisease(path: string, disease: ChronicDiseaseWire, checking: Checking): void {
  const { pack, report } = checking;
  if (disease.ratio !== undefined) checkRatio(`${path}.ratio`, disease.ratio, checking);
  if (disease.deductible !== undefined) {
    checkAmount(`${path}.deductible.amountFen`, disease.deductible.amountFen, report);
  }
  if (disease.group !== undefined && !Object.hasOwn(pack.chronic.groups, disease.group)) {
    report(`${path}.group`, `病种组 ${disease.group} 未在 groups 中列出`);
  }
  checkLimits(path, disease, pack.chronic, report);
}

function checkLimits(
  path: string,
  disease: ChronicDiseaseWire,
  chronic: ChronicSectionWire,
  report: Report,
): void {
  const periods = new Set<string>();
  for (const [index, limit] of disease.limits.entries()) {
    const at = `${path}.limits[${index}]`;
    checkAmount(`${at}.amountFen`, limit.amountFen, report);
    if (limit.rollOver && limit.period !== 'MONTH') {
      report(`${at}.rollOver`, '只有月度限额可以结转');
    }
    if (periods.has(limit.period)) report(`${at}.period`, '同一周期只能有一个限额');
    periods.add(limit.period);
  }
  if (chronic.stacking.rule === 'oneDisease' && disease.limits[0]?.period !== 'MONTH') {
    report(`${path}.limits`, '按一个病种享受待遇时，首个限额须为月度限额');
  }
}

function checkRatio(path: string, ratio: RatioWire, checking: Checking): void {
  const { pack, report } = checking;
  const at = `${path}.basisPoints`;
  checkPersons(at, ratio.basisPoints, checking);
  for (const person of PERSONS[pack.insurance]) {
    checkPoints(`${at}.${person}`, ratio.basisPoints[person] ?? [], report);
  }
  const inService = pointsOf(ratio.basisPoints.inService);
  const retired = pointsOf(ratio.basisPoints.retired);
  if (retired.some((points, tier) => points < (inService[tier] ?? 0))) {
    report(`${at}.retired`, '退休人员的比例不得低于在职职工');
  }
}

const pointsOf = (value: number | readonly number[] | undefined): readonly number[] =>
  typeof value === 'number' ? [value] : (value ?? []);

function checkPoints(path: string, value: number | readonly number[], report: Report): void {
  const fixed = typeof value === 'number';
  const points = pointsOf(value);
  if (!fixed && points.length > 0 && points.length !== TIERS) {
    report(path, '须按未定级、一级、二级、三级列出四个比例');
  }
  for (const [tier, point] of points.entries()) {
    if (point < 0 || point > WHOLE) {
      report(fixed ? path : `${path}[${tier}]`, '比例须在0与100%之间');
    }
  }
}

/** Each person type of the insurance has a figure, and no other has. */
function checkPersons(path: string, values: ByPerson<unknown>, checking: Checking): void {
  const expected = PERSONS[checking.pack.insurance];
  for (const person of expected) {
    if (values[person] === undefined) checking.report(`${path}.${person}`, '缺少该人员类别的数值');
  }
  for (const person of ['inService', 'retired', 'resident'] as const) {
    if (values[person] !== undefined && !expected.includes(person)) {
      checking.report(`${path}.${person}`, '该险种没有这一人员类别');
    }
  }
}

function checkMonotone(path: string, values: ByPerson<number>, report: Report): void {
  if ((values.retired ?? 0) < (values.inService ?? 0)) {
    report(`${path}.retired`, '退休人员的限额不得低于在职职工');
  }
}

function checkAmount(path: string, amountFen: number, report: Report): void {
  if (!Number.isSafeInteger(amountFen) || amountFen < 0) report(path, '须为不小于0的整数（分）');
}
