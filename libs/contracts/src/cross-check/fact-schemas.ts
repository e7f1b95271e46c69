import { Type } from '@sinclair/typebox';
import { told } from '../fact-schema';
import { object, oneOf } from '../http/wire';
import { SCREENING_ACTIONS } from './screening';

const { text, count, flag, fen, day, moment, city, place, document } = told;
const certainty = oneOf(['certain', 'suspected']);

const FindingSchema = object({
  action: oneOf(SCREENING_ACTIONS),
  state: oneOf(['hit', 'undetermined']),
  rule: text,
  ruleVersion: text,
  knowledgePoint: Type.Optional(text),
  certainty,
  lineNos: Type.Array(count),
  observed: text,
  limit: text,
  amountFen: fen,
  text,
});

const InvolvedSchema = object({
  visitGroupNo: text,
  settlementNos: Type.Array(text),
  personKey: text,
  insuredCity: city,
  careCity: city,
  institutionCode: text,
  visitNo: text,
  invoiceNo: Type.Optional(text),
  on: day,
  soldAt: moment,
  lines: Type.Array(
    object({
      lineNo: count,
      itemCode: text,
      itemName: text,
      quantity: text,
      amountFen: fen,
      traceCodes: Type.Optional(Type.Array(text)),
      supplyDays: Type.Optional(count),
    }),
  ),
  fact: place,
});

/** What a stream check considered: enough to run it again. */
const ConsideredSchema = Type.Union([
  object({
    kind: oneOf(['invoice', 'lines']),
    considered: Type.Array(object({ visit: InvolvedSchema, totalFen: fen, fingerprint: text })),
  }),
  object({
    kind: Type.Literal('supply'),
    graceDays: count,
    considered: Type.Array(
      object({
        visit: InvolvedSchema,
        ingredient: text,
        medicineName: text,
        startsOn: day,
        supplyDays: count,
        referral: flag,
      }),
    ),
  }),
  object({
    kind: Type.Literal('trace-code'),
    considered: Type.Array(
      object({ visit: InvolvedSchema, traceCode: text, packTenThousandths: count }),
    ),
  }),
]);

const CommandSchema = object({
  check: oneOf(['invoice', 'lines', 'supply', 'trace-code', 'line-rules']),
  subject: text,
});

const inputs = {
  decisionVersion: count,
  decidedAt: moment,
  ruleSet: document,
  cityNames: Type.Record(Type.String(), Type.String()),
  considered: Type.Optional(ConsideredSchema),
} as const;

export const SuspicionRaisedSchema = object({
  command: CommandSchema,
  inputs: object({ ...inputs, finding: Type.Optional(FindingSchema) }),
  result: object({
    suspicionId: text,
    personKey: text,
    rule: oneOf([
      'same-visit-settled-twice',
      'same-medicine-in-two-cities',
      'trace-code-sold-twice',
      'gender',
      'child-only',
      'age-range',
      'insurance-type',
      'institution-level',
      'code-unknown',
      'code-malformed',
    ]),
    ruleVersion: text,
    subject: text,
    certainty,
    severity: oneOf(['high', 'medium']),
    observed: text,
    limit: text,
    amountFen: fen,
    text,
    involved: Type.Array(InvolvedSchema),
  }),
});

export const SuspicionWithdrawnSchema = object({
  command: CommandSchema,
  inputs: object(inputs),
  result: object({ suspicionId: text, personKey: text, rule: text, reason: text }),
});

/** Every fact of cross-check by type. */
export const crossCheckFactSchemas = {
  'SuspicionRaised.v1': SuspicionRaisedSchema,
  'SuspicionWithdrawn.v1': SuspicionWithdrawnSchema,
} as const;
