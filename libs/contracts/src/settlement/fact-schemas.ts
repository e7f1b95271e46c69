import { Type } from '@sinclair/typebox';
import { told } from '../fact-schema';
import { object, oneOf } from '../http/wire';
import { RecordedVisitSchema } from './recorded-visit-schema';

const { text, count, flag, fen, day, month, moment, city, insurance, place, document } = told;
const amounts = Type.Record(Type.String(), Type.Integer());
const filingType = oneOf([
  'resettledRetiree',
  'longTermResident',
  'stationedWorker',
  'referral',
  'emergency',
  'other',
]);

const CoverageSchema = object({
  stream: text,
  version: count,
  asOf: moment,
  behind: Type.Optional(Type.Literal(true)),
  enrolment: Type.Optional(
    object({
      insurance,
      personType: oneOf(['inService', 'retired', 'resident']),
      state: oneOf(['active', 'paused', 'ended', 'deceased']),
      from: day,
    }),
  ),
  qualifications: Type.Array(
    object({
      diseaseCode: text,
      from: day,
      until: Type.Optional(day),
      limitFen: Type.Optional(fen),
    }),
  ),
  filings: Type.Array(object({ id: text, type: filingType, from: day, until: Type.Optional(day) })),
});

const ScreeningSchema = object({
  outcome: oneOf(['passed', 'findings', 'skipped']),
  ruleSet: Type.Optional(document),
  // What else a finding says is carried along as cross-check said it.
  findings: Type.Array(
    Type.Object({
      action: oneOf(['pass', 'remind', 'reason', 'selfPay', 'strikeOff', 'block']),
      state: oneOf(['hit', 'undetermined']),
      rule: text,
      lineNos: Type.Array(count),
      amountFen: fen,
      text,
    }),
  ),
});

const InstitutionSchema = object({
  institutionCode: text,
  city,
  level: count,
  kind: oneOf(['hospital', 'pharmacy']),
  state: oneOf(['active', 'remoteClosed', 'suspended', 'ended']),
});

const VisitInputsSchema = object({
  decisionVersion: count,
  answerVersion: count,
  receivedAt: moment,
  period: month,
  personKey: Type.Optional(text),
  coverage: Type.Optional(CoverageSchema),
  coverageAsOf: text,
  institution: Type.Optional(InstitutionSchema),
  practitioner: Type.Optional(
    object({ doctorCode: text, state: oneOf(['active', 'suspended', 'terminated']) }),
  ),
  agreement: Type.Optional(document),
  pack: Type.Optional(document),
  screening: ScreeningSchema,
  visitGroupNo: text,
  settlementNos: Type.Array(text),
  alreadySettled: Type.Optional(text),
  year: Type.Optional(place),
});

const TotalsSchema = object({
  totalFen: fen,
  ownPayFen: fen,
  overLimitFen: fen,
  firstPayFen: fen,
  eligibleFen: fen,
});

const PaymentsSchema = object({
  poolFen: fen,
  majorIllnessFen: fen,
  largeAmountFen: fen,
  civilServantFen: fen,
  enterpriseFen: fen,
  assistanceFen: fen,
  otherFen: fen,
  fundFen: fen,
  personFen: fen,
  accountFen: fen,
  familyAccountFen: fen,
  hospitalFen: fen,
  cashFen: fen,
});

const postings = Type.Array(object({ account: text, amountFen: fen }));

const SettledPartSchema = object({
  settlementNo: text,
  diseaseCode: text,
  lineNos: Type.Array(count),
  totals: TotalsSchema,
  remoteFirstPayFen: fen,
  deductibleFen: fen,
  payments: PaymentsSchema,
  filing: Type.Union([
    object({ id: text, type: filingType }),
    object({ type: oneOf(['none', 'emergency']) }),
  ]),
  uses: amounts,
  accumulators: amounts,
  postings,
});

/** The code, and what the caller needs to understand it. */
const RefusedSchema = Type.Object(
  { refused: text, field: Type.Optional(text), coverageAsOf: Type.Optional(text) },
  { additionalProperties: true },
);

export const VisitSettledSchema = object({
  command: RecordedVisitSchema,
  inputs: VisitInputsSchema,
  result: object({
    visitGroupNo: text,
    personKey: text,
    insurance,
    settlements: Type.Array(SettledPartSchema),
  }),
});

export const SettlementRefusedSchema = object({
  command: RecordedVisitSchema,
  inputs: VisitInputsSchema,
  result: RefusedSchema,
});

const ReversalCommandSchema = object({ settlementNo: text, reason: text });
const StandingSchema = object({
  settlementNo: text,
  careCity: city,
  diseaseCode: text,
  version: count,
  part: count,
});
const versions = { decisionVersion: count, answerVersion: count } as const;
const reversalInputs = {
  period: month,
  decidedAt: moment,
  reversalNo: text,
  careCity: city,
  year: place,
  standing: Type.Array(StandingSchema),
} as const;

export const SettlementReversedSchema = object({
  command: ReversalCommandSchema,
  inputs: object({ ...versions, ...reversalInputs }),
  result: object({
    reversalNo: text,
    settlementNo: text,
    visitGroupNo: text,
    personKey: text,
    insurance,
    insuredCity: city,
    careCity: city,
    institutionCode: text,
    visitNo: text,
    diseaseCode: text,
    totals: TotalsSchema,
    remoteFirstPayFen: fen,
    deductibleFen: fen,
    payments: PaymentsSchema,
    uses: amounts,
    accumulators: amounts,
    postings,
    visitFree: flag,
  }),
});

/** Of a number that nobody knows there is nothing to read, so only the versions stand in the inputs. */
export const ReversalRefusedSchema = object({
  command: ReversalCommandSchema,
  inputs: object({
    ...versions,
    period: Type.Optional(month),
    decidedAt: Type.Optional(moment),
    reversalNo: Type.Optional(text),
    careCity: Type.Optional(city),
    year: Type.Optional(place),
    standing: Type.Optional(Type.Array(StandingSchema)),
  }),
  result: RefusedSchema,
});

const InstitutionEntrySchema = object({
  institutionCode: text,
  name: text,
  city,
  county: Type.Optional(text),
  level: count,
  kind: oneOf(['hospital', 'pharmacy']),
  mutualPharmacy: flag,
  state: oneOf(['active', 'remoteClosed', 'suspended', 'ended']),
});
const PractitionerEntrySchema = object({
  doctorCode: text,
  institutionCode: text,
  state: oneOf(['active', 'suspended', 'terminated']),
});
const nothing = object({});

export const InstitutionChangedSchema = object({
  command: InstitutionEntrySchema,
  inputs: nothing,
  result: InstitutionEntrySchema,
});

export const PractitionerChangedSchema = object({
  command: PractitionerEntrySchema,
  inputs: nothing,
  result: PractitionerEntrySchema,
});

const loaded = <Kind extends 'pack' | 'agreement'>(kind: Kind) =>
  object({
    command: object({ kind: Type.Literal(kind), id: text, version: text, hash: text }),
    inputs: nothing,
    result: document,
  });

/** Every fact of settlement by type; the last two are not published. */
export const settlementFactSchemas = {
  'VisitSettled.v1': VisitSettledSchema,
  'SettlementReversed.v1': SettlementReversedSchema,
  'SettlementRefused.v1': SettlementRefusedSchema,
  'ReversalRefused.v1': ReversalRefusedSchema,
  'InstitutionChanged.v1': InstitutionChangedSchema,
  'PractitionerChanged.v1': PractitionerChangedSchema,
  'PolicyPackLoaded.v1': loaded('pack'),
  'AgreementLoaded.v1': loaded('agreement'),
} as const;
