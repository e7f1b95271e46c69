import { isCityCode, parseCivilDate, provinceOf } from '@domain/kernel';
import type { AgreementWire } from './agreement';
import { agreementId } from './agreement-table';
import {
  checkPeriod,
  checkSources,
  periodsOverlap,
  type Problem,
  type Report,
} from './validate-pack';

/** What an agreement is checked against. */
export interface AgreementContext {
  readonly agreements: readonly AgreementWire[];
  readonly knownDiseases: ReadonlySet<string>;
}

const LISTS = ['services', 'institutions', 'pharmacies', 'benefits'] as const;

/**
 * Everything that is wrong with the agreement of a pair: cities of one province, overlap in time with another version,
 * diseases without a known M-code, a code in two families or twice on one day, dates that do not exist or stand the wrong
 * way round. Empty when it may be loaded.
 */
export function validateAgreement(
  agreement: AgreementWire,
  context: AgreementContext,
): readonly Problem[] {
  const problems: Problem[] = [];
  const report: Report = (path, message) => problems.push({ path, message });
  checkPair(agreement, report);
  checkPeriod(agreement, report);
  checkOverlap(agreement, context.agreements, report);
  checkSources(agreement, agreement.sources, report);
  checkDiseases(agreement, context.knownDiseases, report);
  for (const list of LISTS) {
    for (const [index, item] of agreement[list].entries()) {
      checkDates(`${list}[${index}]`, item, report);
    }
  }
  return problems;
}

function checkPair(agreement: AgreementWire, report: Report): void {
  const { insuredCity, careCity } = agreement;
  if (!isCityCode(insuredCity)) report('insuredCity', '不是统筹区的六位编码');
  if (!isCityCode(careCity)) report('careCity', '不是统筹区的六位编码');
  if (provinceOf(insuredCity) === provinceOf(careCity)) {
    report('careCity', '参保地与就医地须分属两省');
  }
  if (agreement.id !== agreementId(insuredCity, careCity)) {
    report('id', '应为“参保地编码>就医地编码”，如 360700>430100');
  }
}

function checkOverlap(
  agreement: AgreementWire,
  others: readonly AgreementWire[],
  report: Report,
): void {
  for (const other of others) {
    if (other.id !== agreement.id || other.version === agreement.version) continue;
    if (agreement.supersedes === other.version || other.supersedes === agreement.version) continue;
    if (periodsOverlap(agreement, other)) {
      report('validFrom', `与版本 ${other.version} 的有效期重叠`);
    }
  }
}

function checkDiseases(
  agreement: AgreementWire,
  knownDiseases: ReadonlySet<string>,
  report: Report,
): void {
  const seen = new Map<string, { family: string; validFrom: string; validUntil?: string }[]>();
  for (const [index, entry] of agreement.diseases.entries()) {
    const path = `diseases[${index}]`;
    checkDates(path, entry, report);
    const stretch = {
      family: entry.family,
      validFrom: entry.from,
      ...(entry.until === undefined ? {} : { validUntil: entry.until }),
    };
    for (const code of entry.codes) {
      if (!knownDiseases.has(code)) {
        report(`${path}.codes`, `病种编码 ${code} 不在门诊慢特病病种目录（M码）中`);
      }
      const earlier = seen.get(code) ?? [];
      if (earlier.some((one) => one.family !== entry.family || periodsOverlap(one, stretch))) {
        report(`${path}.codes`, `病种编码 ${code} 重复列入`);
      }
      seen.set(code, [...earlier, stretch]);
    }
  }
}

function checkDates(
  path: string,
  dated: { readonly from: string; readonly until?: string },
  report: Report,
): void {
  if (parseCivilDate(dated.from) === undefined) report(`${path}.from`, '不是有效日期');
  if (dated.until === undefined) return;
  if (parseCivilDate(dated.until) === undefined) report(`${path}.until`, '不是有效日期');
  if (dated.until < dated.from) report(`${path}.until`, '终止日期早于开始日期');
}
