import { agreementFromWire, type Agreement, packFromWire, type PolicyPack } from '@domain/benefit';
import type { CoverageView, VisitInputs } from './records';
import type { RecordedLine, RecordedVisit } from './visit';

const source = 'test';

/** A resident pack of the Jiangxi shape: no deductible, ratio by tier, first-pay by filing (domain-rules §4.8 E1). */
export const PACK: PolicyPack = packFromWire({
  format: 1,
  id: 'test-resident',
  version: '1',
  title: '测试',
  insuredCity: '360700',
  insurance: 'resident',
  validFrom: '2026-01-01',
  reversalMode: 'LIFO_ONLY',
  sources: { test: { text: 'test', grade: 'D' } },
  remote: {
    chronic: {
      longTerm: { mode: 'firstPay', basisPoints: 0, source },
      referral: { mode: 'firstPay', basisPoints: 1000, source },
      emergency: { mode: 'firstPay', basisPoints: 1000, source },
      other: { mode: 'firstPay', basisPoints: 2000, source },
      unfiled: { treatment: 'refused', source },
    },
  },
  chronic: {
    ratio: { rule: 'perTier', basisPoints: { resident: [9000, 9000, 8000, 6500] }, source },
    deductible: { period: 'YEAR', amountFen: 0, source },
    yearlyCap: { amountFen: { resident: 15_000_000 }, source },
    stacking: { rule: 'several', source },
    startsMonthAfterApproval: { value: false, source },
    groups: {},
    diseases: {
      M03900: {
        name: '高血压',
        limits: [
          { period: 'YEAR', amountFen: 40_000, rollOver: false, counts: 'poolPayment', source },
        ],
      },
      M01600: { name: '糖尿病', limits: [] },
    },
  },
});

export const AGREEMENT: Agreement = agreementFromWire({
  format: 1,
  id: '360700-430100',
  version: '1',
  insuredCity: '360700',
  careCity: '430100',
  validFrom: '2024-01-01',
  sources: { test: { text: 'test', grade: 'D' } },
  diseases: [
    { family: 'hypertension', name: '高血压', codes: ['M03900'], from: '2024-01-01', source },
    { family: 'diabetes', name: '糖尿病', codes: ['M01600'], from: '2024-01-01', source },
    { family: 'copd', name: '慢阻肺', codes: ['M05300'], from: '2024-12-01', source },
  ],
  services: [],
  institutions: [],
  pharmacies: [],
  benefits: [],
});

export const line = (
  fields: Partial<RecordedLine> & { readonly lineNo: number },
): RecordedLine => ({
  itemCode: 'XC09CAS000A001010100001',
  itemName: '药品',
  itemType: 'drug',
  catalogueClass: 'A',
  quantity: '1',
  unitPriceMicroYuan: (fields.amountFen ?? 10_000) * 10_000,
  amountFen: 10_000,
  ...fields,
});

/** The lines of E1: 120.00 A, 200.00 B at 10 %, 35.00 C, 80.00 B at 10 % with a limit of 60.00. */
export const E1_LINES: readonly RecordedLine[] = [
  line({ lineNo: 1, amountFen: 12_000 }),
  line({ lineNo: 2, amountFen: 20_000, catalogueClass: 'B', firstPayBasisPoints: 1000 }),
  line({ lineNo: 3, amountFen: 3_500, catalogueClass: 'C' }),
  line({
    lineNo: 4,
    amountFen: 8_000,
    catalogueClass: 'B',
    firstPayBasisPoints: 1000,
    priceLimitMicroYuan: 60_000_000,
    itemType: 'service',
  }),
];

export const visit = (fields: Partial<RecordedVisit> = {}): RecordedVisit => ({
  visitNo: 'V1',
  insuredCity: '360700',
  careCity: '430100',
  personNoHash: { keyId: 'p1', hash: 'aa' },
  institutionCode: 'H43018100001',
  careType: 'chronic',
  visitedOn: '2026-03-02',
  settledAt: '2026-03-02T10:15:00+08:00',
  diseaseCode: 'M03900',
  lines: E1_LINES,
  ...fields,
});

export const coverage = (fields: Partial<CoverageView> = {}): CoverageView => ({
  stream: 'person/p',
  version: 3,
  asOf: '2026-03-01T08:00:00+08:00',
  enrolment: { insurance: 'resident', personType: 'resident', state: 'active', from: '2020-01-01' },
  qualifications: [
    { diseaseCode: 'M03900', from: '2025-01-01' },
    { diseaseCode: 'M01600', from: '2025-01-01' },
  ],
  filings: [{ id: 'f1', type: 'longTermResident', from: '2025-01-01' }],
  ...fields,
});

export const inputs = (fields: Partial<VisitInputs> = {}): VisitInputs => ({
  decisionVersion: 1,
  answerVersion: 1,
  receivedAt: '2026-03-02T10:20:00+08:00',
  period: '202603',
  personKey: 'p',
  coverage: coverage(),
  coverageAsOf: '2026-03-01T08:00:00+08:00',
  institution: {
    institutionCode: 'H43018100001',
    city: '430100',
    level: 2,
    kind: 'hospital',
    state: 'active',
  },
  screening: { outcome: 'passed', findings: [] },
  visitGroupNo: 'G1',
  settlementNos: ['S1', 'S2', 'S3'],
  year: { stream: 'benefit-year/360700/2026/p', version: 0 },
  ...fields,
});
