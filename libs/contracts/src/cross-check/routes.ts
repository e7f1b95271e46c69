import { Type } from '@sinclair/typebox';
import { route, type RouteContract } from '../http/route-contract';
import { object, oneOf, wire } from '../http/wire';
import { MAX_VISITS_PER_BATCH } from '../settlement/visit';
import { SCREENING_ACTIONS } from './screening';

const Action = oneOf(SCREENING_ACTIONS);
const Certainty = oneOf(['certain', 'suspected']);
const RuleSetRef = object({ id: Type.String(), version: Type.String(), hash: Type.String() });

const FindingBody = object({
  action: Action,
  state: oneOf(['hit', 'undetermined']),
  rule: Type.String(),
  ruleVersion: Type.String(),
  knowledgePoint: Type.Optional(Type.String()),
  certainty: Certainty,
  lineNos: Type.Array(Type.Integer()),
  observed: Type.String(),
  limit: Type.String(),
  amountFen: Type.Integer(),
  text: Type.String({ description: 'zh-CN' }),
});

/** A suspicion without its evidence, as lists show it. */
const suspicionFields = {
  suspicionId: Type.String(),
  state: oneOf(['open', 'withdrawn']),
  rule: Type.String(),
  ruleVersion: Type.String(),
  certainty: Certainty,
  severity: oneOf(['high', 'medium']),
  personKey: Type.String(),
  insuredCities: Type.Array(Type.String()),
  careCities: Type.Array(Type.String()),
  settlementNos: Type.Array(Type.String()),
  observed: Type.String(),
  limit: Type.String(),
  amountFen: Type.Integer(),
  text: Type.String({ description: 'zh-CN' }),
  raisedAt: Type.String(),
  withdrawnReason: Type.Optional(Type.String()),
};

const EvidenceBody = object({
  visitGroupNo: Type.String(),
  settlementNos: Type.Array(Type.String()),
  personKey: Type.String(),
  insuredCity: Type.String(),
  careCity: Type.String(),
  institutionCode: Type.String(),
  visitNo: Type.String(),
  invoiceNo: Type.Optional(Type.String()),
  on: Type.String(),
  soldAt: Type.String(),
  lines: Type.Array(
    object({
      lineNo: Type.Integer(),
      itemCode: Type.String(),
      itemName: Type.String(),
      quantity: Type.String(),
      amountFen: Type.Integer(),
      traceCodes: Type.Optional(Type.Array(Type.String())),
      supplyDays: Type.Optional(Type.Integer()),
    }),
  ),
  fact: object({ stream: Type.String(), version: Type.Integer() }),
});

const parties = ['partner', 'agency', 'enforcement', 'province', 'operator', 'auditor'] as const;
const service = 'cross-check';

/** The routes of cross-check (api.md §4) by name. */
export const crossCheckContracts = {
  screen: route({
    service,
    id: 'screen-visits',
    method: 'POST',
    path: '/v1/screenings',
    summary: 'Judge visits by the rules in force on the days of service; no effect',
    roles: ['partner', 'service'],
    scope: {
      kind: 'perRole',
      roles: { partner: { kind: 'items', field: 'careCity' }, service: { kind: 'any' } },
    },
    // The items differ by role: plain visits from partners, visits with a hashed number and a subject from settlement.
    body: object({
      stage: oneOf(['before', 'during']),
      visits: Type.Array(Type.Unknown(), { minItems: 1, maxItems: MAX_VISITS_PER_BATCH }),
    }),
    bodyLimitBytes: 16 * 1024 * 1024,
    answers: {
      200: object({
        ruleSet: RuleSetRef,
        visits: Type.Array(object({ action: Action, findings: Type.Array(FindingBody) })),
      }),
    },
    idempotency: 'none',
  }),
  suspicions: route({
    service,
    id: 'list-suspicions',
    method: 'GET',
    path: '/v1/suspicions',
    summary: 'What the checks found, newest first; only where the caller is a party',
    roles: parties,
    scope: { kind: 'parties' },
    query: object({
      insuredCity: Type.Optional(wire.city),
      careCity: Type.Optional(wire.city),
      rule: Type.Optional(wire.code),
      state: Type.Optional(oneOf(['open', 'withdrawn'])),
      settlementNo: Type.Optional(wire.code),
      cursor: Type.Optional(wire.cursor),
      limit: Type.Optional(wire.limit),
    }),
    answers: {
      200: object({
        suspicions: Type.Array(object(suspicionFields)),
        next: Type.Optional(Type.String()),
      }),
    },
    idempotency: 'none',
  }),
  suspicion: route({
    service,
    id: 'get-suspicion',
    method: 'GET',
    path: '/v1/suspicions/{id}',
    summary: 'A suspicion with its evidence: every settlement and line involved',
    roles: parties,
    scope: { kind: 'parties' },
    params: object({ id: wire.id }),
    answers: { 200: object({ ...suspicionFields, evidence: Type.Array(EvidenceBody) }) },
    idempotency: 'none',
  }),
  ruleSets: route({
    service,
    id: 'list-rule-sets',
    method: 'GET',
    path: '/v1/rule-sets',
    summary: 'The rule sets loaded, and which one judges',
    roles: [
      'partner',
      'agency',
      'enforcement',
      'finance',
      'province',
      'person',
      'operator',
      'auditor',
      'service',
    ],
    scope: { kind: 'any' },
    answers: {
      200: object({
        ruleSets: Type.Array(
          object({
            id: Type.String(),
            version: Type.String(),
            hash: Type.String(),
            title: Type.String(),
            effectiveFrom: Type.String(),
            active: Type.Boolean(),
            rows: Type.Integer(),
            rowsUsed: Type.Integer(),
            codeRules: Type.Integer(),
            itemCodes: Type.Integer(),
            waiting: Type.Record(Type.String(), Type.Integer()),
            notUnderstood: Type.Array(object({ kpId: Type.String(), reason: Type.String() })),
          }),
        ),
      }),
    },
    idempotency: 'none',
  }),
} as const;

/** The same as a table. */
export const crossCheckRoutes: readonly RouteContract[] = Object.values(crossCheckContracts);
