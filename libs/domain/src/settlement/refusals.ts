import type { RefusedResult } from './records';

/** Every reason for which settlement says no, and what the people at the counter read: why, and what to do. */
const REMEDIES = {
  'settlement.person-unknown':
    '参保人信息未找到。请核对参保地和人员编号;新参保人员请待参保信息同步后重新提交。',
  'settlement.not-enrolled':
    '参保人在结算日未正常参保。请联系参保地经办机构核实参保状态;恢复后可直接结算。',
  'settlement.not-filed': '未查到有效的异地就医备案。补办备案后可直接结算。',
  'settlement.disease-not-agreed': '该病种未纳入两地直接结算协议。请先自费结算,回参保地手工报销。',
  'settlement.not-qualified': '参保人没有该病种的门诊慢特病资格。请先向参保地申请资格认定。',
  'settlement.institution-not-networked':
    '该医药机构未开通异地直接结算。请到已联网的定点医药机构就医。',
  'settlement.person-suspended': '参保人的联网结算已被依法暂停。请先自费结算,回参保地手工报销。',
  'settlement.disease-missing':
    '费用明细没有病种编码。请由开方医师注明每条明细对应的病种后重新提交。',
  'settlement.pair-not-agreed':
    '参保地与就医地之间没有直接结算协议。请先自费结算,回参保地手工报销。',
  'settlement.blocked-by-screening':
    '费用明细违反医保限定条件,不能结算。请医疗机构更正后以新的单据提交。',
  'settlement.reason-required': '审核要求说明理由。请由医师填写理由后重新提交。',
  'settlement.already-settled': '该就诊已经结算。请查询原结算结果;如需更正,请先撤销原结算。',
  'settlement.time-out-of-range':
    '结算时间超出允许范围(过去72小时至未来5分钟)。请核对时间;逾期费用请手工报销。',
  'settlement.care-type-not-open':
    '该就诊类别尚未开通跨省直接结算。请先自费结算,回参保地手工报销。',
  'settlement.no-policy': '参保地在结算日没有生效的待遇政策。请联系参保地经办机构。',
  'settlement.has-later': '该参保人本年度还有更晚的结算。请先按时间倒序撤销较晚的结算。',
  'settlement.already-reversed': '该结算已经撤销。不能重复撤销,请查询原撤销结果。',
  'settlement.not-found': '未找到该结算。请核对结算编号。',
} as const;

export type SettlementRefusalCode = keyof typeof REMEDIES;

/** A refusal: its title says why and its remedy what to do (zh-CN); `details` never hold personal data. */
export function refuse(
  refused: SettlementRefusalCode,
  details: {
    readonly field?: string;
    readonly coverageAsOf?: string;
    readonly [detail: string]: unknown;
  } = {},
): RefusedResult {
  const [title, ...remedy] = REMEDIES[refused].split('。').filter((sentence) => sentence !== '');
  return { refused, title, ...details, remedy: `${remedy.join('。')}。` };
}
