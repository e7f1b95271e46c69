import { Type } from '@sinclair/typebox';
import { object, oneOf, route, wire } from '../http';
import { AgreementDocument } from './agreement';
import { PolicyPackDocument } from './policy-pack';
import { Visit, VisitBatch } from './visit';

const service = 'settlement' as const;
const PARTIES = [
  'partner',
  'agency',
  'enforcement',
  'finance',
  'province',
  'operator',
  'auditor',
] as const;
const EVERYONE = [...PARTIES, 'person', 'service'] as const;
const any = { kind: 'any' } as const;

const Findings = Type.Array(Type.Unknown());
const Amounts = Type.Record(Type.String(), Type.Integer());

/** One settlement of a visit group as its caller reads it. */
const Settlement = Type.Object({
  settlementNo: Type.String(),
  personKey: Type.String(),
  diseaseCode: Type.String(),
  totals: Amounts,
  remoteFirstPayFen: Type.Integer(),
  deductibleFen: Type.Integer(),
  payments: Amounts,
  policy: Type.Object({ id: Type.String(), version: Type.String(), hash: Type.String() }),
  filing: Type.Object({ id: Type.Optional(Type.String()), type: Type.String() }),
  accumulators: Amounts,
  explanation: Type.Array(
    Type.Object({
      step: Type.String(),
      rule: Type.String(),
      inputFen: Type.Integer(),
      outputFen: Type.Integer(),
      source: Type.String(),
    }),
  ),
});

export const SettledVisit = Type.Object({
  visitGroupNo: Type.String(),
  outcome: Type.Literal('settled'),
  settlements: Type.Array(Settlement),
  screening: Type.Object({ outcome: oneOf(['passed', 'findings', 'skipped']), findings: Findings }),
  coverageAsOf: Type.String(),
});

const Reversed = Type.Object({
  reversalNo: Type.String(),
  settlementNo: Type.String(),
  visitGroupNo: Type.String(),
  totals: Amounts,
  payments: Amounts,
  visitFree: Type.Boolean(),
});

/** A settlement as it stands, for those who are party to it. */
export const SettlementState = Type.Object({
  settlementNo: Type.String(),
  state: oneOf(['settled', 'reversed']),
  reversalNo: Type.Optional(Type.String()),
  insuredCity: Type.String(),
  careCity: Type.String(),
  institutionCode: Type.String(),
  visitNo: Type.String(),
  settledAt: Type.String(),
  period: Type.String(),
  visit: Type.Unknown(),
});

const BatchAnswer = Type.Object({
  results: Type.Array(
    Type.Object({ status: Type.Integer(), replayed: Type.Boolean(), body: Type.Unknown() }),
  ),
});

const Documents = Type.Object({
  documents: Type.Array(
    Type.Object({
      id: Type.String(),
      version: Type.String(),
      hash: Type.String(),
      document: Type.Unknown(),
    }),
  ),
});
const Loaded = Type.Object({ id: Type.String(), version: Type.String(), hash: Type.String() });

const SETTLE_BODY_BYTES = 2 * 1024 * 1024;
const BATCH_BODY_BYTES = 16 * 1024 * 1024;

/** What `settlement` serves, to whom and for which city: its part of the one authorisation table. */
export const settlementRoutes = {
  settle: route({
    service,
    id: 'settle-visit',
    method: 'POST',
    path: '/v1/settlements',
    summary: 'Settles one visit',
    roles: ['partner'],
    scope: { kind: 'field', in: 'body', field: 'careCity' },
    body: Visit,
    answers: { 201: SettledVisit },
    idempotency: 'required',
    bodyLimitBytes: SETTLE_BODY_BYTES,
  }),
  settleBatch: route({
    service,
    id: 'settle-visits',
    method: 'POST',
    path: '/v1/settlements/batch',
    summary: 'Settles up to 200 visits; each carries its idempotencyKey and is answered by itself',
    roles: ['partner'],
    scope: { kind: 'items', field: 'careCity' },
    body: VisitBatch,
    answers: { 200: BatchAnswer },
    idempotency: 'perItem',
    bodyLimitBytes: BATCH_BODY_BYTES,
  }),
  preview: route({
    service,
    id: 'preview-visit',
    method: 'POST',
    path: '/v1/settlements/preview',
    summary: 'What a visit would settle to, without any effect',
    roles: ['partner'],
    scope: { kind: 'field', in: 'body', field: 'careCity' },
    body: Visit,
    answers: { 200: SettledVisit },
    idempotency: 'none',
    bodyLimitBytes: SETTLE_BODY_BYTES,
  }),
  settlement: route({
    service,
    id: 'get-settlement',
    method: 'GET',
    path: '/v1/settlements/{settlementNo}',
    summary: 'One settlement with its state',
    roles: PARTIES,
    scope: { kind: 'parties' },
    params: object({ settlementNo: wire.code }),
    answers: { 200: SettlementState },
    idempotency: 'none',
  }),
  findSettlements: route({
    service,
    id: 'find-settlements',
    method: 'GET',
    path: '/v1/settlements',
    summary: 'The settlements of a visit, for a caller that never saw its answer',
    roles: PARTIES,
    scope: { kind: 'parties' },
    query: object({ careCity: wire.city, institutionCode: wire.code, visitNo: wire.code }),
    answers: { 200: Type.Object({ settlements: Type.Array(SettlementState) }) },
    idempotency: 'none',
  }),
  reverse: route({
    service,
    id: 'reverse-settlement',
    method: 'POST',
    path: '/v1/settlements/{settlementNo}/reversals',
    summary: 'Takes a settlement back, last in first out; the exact negative is answered',
    roles: ['partner'],
    scope: any,
    params: object({ settlementNo: wire.code }),
    body: object({ reason: wire.reason }),
    answers: { 201: Reversed },
    idempotency: 'required',
  }),
  institutions: route({
    service,
    id: 'list-institutions',
    method: 'GET',
    path: '/v1/institutions',
    summary: 'Designated institutions and pharmacies of a city',
    roles: EVERYONE,
    scope: any,
    query: object({
      city: wire.city,
      kind: Type.Optional(oneOf(['hospital', 'pharmacy'])),
      cursor: Type.Optional(wire.cursor),
      limit: Type.Optional(wire.limit),
    }),
    answers: {
      200: Type.Object({
        institutions: Type.Array(Type.Unknown()),
        next: Type.Optional(Type.String()),
      }),
    },
    idempotency: 'none',
  }),
  practitioners: route({
    service,
    id: 'list-practitioners',
    method: 'GET',
    path: '/v1/practitioners',
    summary: 'Practitioners of an institution',
    roles: EVERYONE,
    scope: any,
    query: object({ institutionCode: wire.code }),
    answers: { 200: Type.Object({ practitioners: Type.Array(Type.Unknown()) }) },
    idempotency: 'none',
  }),
  policyPacks: route({
    service,
    id: 'list-policy-packs',
    method: 'GET',
    path: '/v1/policy-packs',
    summary: 'The policy packs of a city in force on a day',
    roles: EVERYONE,
    scope: any,
    query: object({ city: wire.city, on: Type.Optional(wire.day) }),
    answers: { 200: Documents },
    idempotency: 'none',
  }),
  agreements: route({
    service,
    id: 'list-agreements',
    method: 'GET',
    path: '/v1/agreements',
    summary: 'The agreement of a directed pair in force on a day',
    roles: EVERYONE,
    scope: any,
    query: object({ insuredCity: wire.city, careCity: wire.city, on: Type.Optional(wire.day) }),
    answers: { 200: Documents },
    idempotency: 'none',
  }),
  loadPolicyPack: route({
    service,
    id: 'load-policy-pack',
    method: 'POST',
    path: '/admin/policy-packs',
    summary: 'Loads a dated version of a policy pack',
    roles: ['operator'],
    scope: any,
    body: PolicyPackDocument,
    answers: { 201: Loaded },
    idempotency: 'required',
  }),
  loadAgreement: route({
    service,
    id: 'load-agreement',
    method: 'POST',
    path: '/admin/agreements',
    summary: 'Loads a dated version of an agreement',
    roles: ['operator'],
    scope: any,
    body: AgreementDocument,
    answers: { 201: Loaded },
    idempotency: 'required',
  }),
} as const;
