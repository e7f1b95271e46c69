import { type Fen, fenToJson, subFen } from '@domain/kernel';
import type { ChronicBenefit } from './chronic';
import type { FiledType, UsedFiling } from './filing';
import type { Cap } from './limits';
import type { Citation, PackPersonType } from './pack';

/**
 * One step of a worked explanation, in plain Chinese. `inputFen` is what the step starts from and `outputFen` what it
 * leaves for the next, so the output of each is the input of the one after it, from the total down to the pool's payment.
 */
export interface ExplainedStep {
  readonly step: string;
  readonly rule: string;
  readonly inputFen: number;
  readonly outputFen: number;
  readonly source: string;
}

const TIER_NAMES = ['未定级', '一级', '二级', '三级'] as const;

const PERSON_NAMES: Readonly<Record<PackPersonType, string>> = {
  inService: '在职职工',
  retired: '退休人员',
  resident: '城乡居民',
};

const FILING_NAMES: Readonly<Record<FiledType, string>> = {
  resettledRetiree: '异地安置退休人员备案',
  longTermResident: '异地长期居住人员备案',
  stationedWorker: '常驻异地工作人员备案',
  referral: '异地转诊人员备案',
  emergency: '异地急诊抢救人员备案',
  other: '其他临时外出就医人员备案',
};

const CAP_NAMES: Readonly<Record<Cap['kind'], string>> = {
  diseaseMonth: '病种月度限额',
  diseaseYear: '病种年度限额',
  stackedMonth: '多病种月度限额',
  group: '合计年度限额',
  yearlyCap: '统筹基金年度最高支付限额',
};

const CARE_CATALOGUE = '就医地医保目录及支付标准（就医地目录）';

/** An amount in yuan with two decimals, as it is read at the counter. */
export function yuanText(amount: Fen): string {
  const sign = amount < 0n ? '-' : '';
  const digits = String(amount < 0n ? -amount : amount).padStart(3, '0');
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}元`;
}

/** Basis points as a percentage without superfluous decimals: 80%, 72.5%. */
export const percentText = (basisPoints: bigint): string => `${Number(basisPoints) / 100}%`;

/** The steps by which a benefit came about, read off the calculation itself: nothing is worked out a second time. */
export function explainChronic(benefit: ChronicBenefit): readonly ExplainedStep[] {
  const steps = new Steps(benefit.totals.total);
  const { ownPay, overLimit, firstPay } = benefit.totals;
  steps.takeAway('目录外自费', '目录外（丙类）及不予支付的费用由个人负担', ownPay);
  steps.takeAway('超限价自付', '单价超过就医地支付上限的部分由个人负担', overLimit);
  steps.takeAway('乙类先行自付', '乙类项目按就医地规定的比例先由个人负担', firstPay);
  explainRemoteFirstPay(steps, benefit);
  if (benefit.disease.deductible.amount > 0n) {
    steps.add('起付线', `年度起付标准${yuanText(benefit.disease.deductible.amount)}`, {
      output: benefit.base,
      source: benefit.disease.deductible.source,
    });
  }
  explainRatio(steps, benefit);
  for (const cap of benefit.caps) explainCap(steps, cap, benefit);
  return steps.taken;
}

/** Steps in order, each starting from what the last one left. */
class Steps {
  readonly taken: ExplainedStep[] = [];

  constructor(public left: Fen) {}

  /** A part that the person bears by the catalogue; no step when there is none. */
  takeAway(step: string, rule: string, amount: Fen): void {
    if (amount === 0n) return;
    const source = { text: CARE_CATALOGUE };
    this.add(step, `${rule}，本次${yuanText(amount)}`, {
      output: subFen(this.left, amount),
      source,
    });
  }

  add(step: string, rule: string, to: { output: Fen; source: Pick<Citation, 'text'> }): void {
    this.taken.push({
      step,
      rule,
      inputFen: fenToJson(this.left),
      outputFen: fenToJson(to.output),
      source: to.source.text,
    });
    this.left = to.output;
  }
}

const filingName = (filing: UsedFiling): string =>
  filing.id === undefined ? '急诊抢救（视同已备案）' : FILING_NAMES[filing.type];

function explainRemoteFirstPay(steps: Steps, benefit: ChronicBenefit): void {
  const { remoteCut, remoteFirstPay } = benefit;
  if (remoteCut.mode !== 'firstPay') return;
  const rule =
    remoteCut.basisPoints === 0n
      ? `${filingName(benefit.filing)}，不另先行自付`
      : `${filingName(benefit.filing)}，个人先行自付${yuanText(remoteFirstPay)}`;
  steps.add(`异地先行自付${percentText(remoteCut.basisPoints)}`, rule, {
    output: subFen(benefit.totals.eligible, remoteFirstPay),
    source: remoteCut.source,
  });
}

function explainRatio(steps: Steps, benefit: ChronicBenefit): void {
  const { remoteCut, ratioBasisPoints } = benefit;
  const who = `${PERSON_NAMES[benefit.personType]}在${TIER_NAMES[benefit.tier]}医疗机构`;
  const standard = `${who}按${percentText(benefit.standardRatioBasisPoints)}支付`;
  if (remoteCut.mode === 'pointsCut') {
    const points = Number(remoteCut.basisPoints) / 100;
    const rule =
      points === 0
        ? `${filingName(benefit.filing)}，支付比例不降低`
        : `${filingName(benefit.filing)}，支付比例降低${points}个百分点`;
    steps.add(`异地降低${points}个百分点`, rule, { output: steps.left, source: remoteCut.source });
  }
  steps.add(`报销比例${percentText(ratioBasisPoints)}`, `${benefit.disease.name}，${standard}`, {
    output: benefit.poolBeforeCaps,
    source: benefit.ratioSource,
  });
}

/** The disease's own limits are always told, because the patient lives by them; other caps only where they cut. */
function explainCap(steps: Steps, cap: Cap, benefit: ChronicBenefit): void {
  const cuts = cap === benefit.cutBy;
  if (!cuts && cap.kind !== 'diseaseMonth' && cap.kind !== 'diseaseYear') return;
  const name = cap.name === undefined ? CAP_NAMES[cap.kind] : `${cap.name}${CAP_NAMES[cap.kind]}`;
  const rule = `限额${yuanText(cap.limit)}，本次结算前剩余${yuanText(cap.left)}`;
  steps.add(name, cuts ? `${rule}，超出部分由个人负担` : rule, {
    output: cuts ? benefit.pool : steps.left,
    source: cap.source,
  });
}
