import type { Refusal } from '@domain/kernel';

/** Every reason for which enrolment says no: what people at the counter read, why and what to do. */
const SENTENCES = {
  'enrolment.person-unknown': [
    '未查到参保人信息',
    '请核对参保地和人员编号；新参保人员请先办理参保登记。',
  ],
  'enrolment.person-no-taken': ['该人员编号已属于其他参保人', '请核对人员编号和证件号码。'],
  'enrolment.city-unknown': ['该统筹区未纳入十城合作', '请核对六位统筹区编码。'],
  'enrolment.period-invalid': ['日期或期间不符合要求', '请核对起止日期后重新提交。'],
  'enrolment.person-type-mismatch': [
    '险种与人员类别不一致',
    '居民医保对应居民，职工医保对应在职或退休人员。',
  ],
  'enrolment.deceased': ['该参保人已登记死亡', '如登记有误，请先更正死亡登记。'],
  'enrolment.disease-unknown': ['病种编码不在门诊慢特病目录内', '请核对病种编码。'],
  'enrolment.overlap': ['与已有记录的期间重叠', '请先终止原记录，或调整起止日期。'],
  'enrolment.care-city-same-province': ['就医地与参保地同省，无需跨省备案', '请核对就医地。'],
  'enrolment.filing-too-short': [
    '临时外出就医备案的有效期不足规定月数',
    '请延长截止日期，或不填截止日期。',
  ],
  'enrolment.contribution-invalid': ['缴费金额不符合要求', '划入个人账户的金额不能超过缴费金额。'],
  'enrolment.identity-in-text': ['说明文字中含有身份信息', '请删除人员编号或证件号码后重新提交。'],
  'enrolment.already-ended': ['该记录已经终止', '无需重复办理。'],
  'enrolment.qualification.not-found': ['未找到该门诊慢特病资格', '请核对资格编号。'],
  'enrolment.filing.not-found': ['未找到该备案', '请核对备案编号。'],
} as const satisfies Readonly<Record<string, readonly [why: string, remedy: string]>>;

export type EnrolmentRefusalCode = keyof typeof SENTENCES;

/** A refusal whose title says why and whose remedy says what to do (zh-CN). `details` never hold personal data. */
export function refuseEnrolment(
  refused: EnrolmentRefusalCode,
  details: { readonly field?: string; readonly [detail: string]: unknown } = {},
): Refusal {
  const [title, remedy] = SENTENCES[refused];
  return { refused, title, ...details, remedy };
}
