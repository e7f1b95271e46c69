import { Type } from '@sinclair/typebox';
import { route, type RouteContract } from '../http/route-contract';
import { object, oneOf, wire } from '../http/wire';
import {
  ContributionBody,
  CoverageQueryBody,
  EndBody,
  EnrolmentBody,
  FilingBody,
  FilingTypeWord,
  QualificationBody,
} from './bodies';

const service = 'enrolment-query';
const insuredCity = { kind: 'field', in: 'body', field: 'insuredCity' } as const;
const write = { service, method: 'POST', idempotency: 'required' } as const;
const Id = object({ id: wire.id });

const QualificationAnswer = Type.Object({
  id: Type.String(),
  personKey: Type.String(),
  insuredCity: Type.String(),
  diseaseCode: Type.String(),
  from: Type.String(),
  until: Type.Optional(Type.String()),
  limitFen: Type.Optional(Type.Integer()),
});
const FilingAnswer = Type.Object({
  id: Type.String(),
  personKey: Type.String(),
  insuredCity: Type.String(),
  careCity: Type.String(),
  type: FilingTypeWord,
  from: Type.String(),
  until: Type.Optional(Type.String()),
  supersedes: Type.Optional(Type.Array(Type.String())),
});
const EndedAnswer = Type.Object({
  id: Type.String(),
  personKey: Type.String(),
  insuredCity: Type.String(),
  until: Type.String({ description: 'the last day on which it holds' }),
});

/** What is confirmed about a person on a day, as far as the caller may know it. */
export const CoverageAnswerBody = Type.Object({
  personKey: Type.String(),
  name: Type.String({ description: 'masked for other cities' }),
  insuredCity: Type.String(),
  on: Type.String(),
  knownOn: Type.Optional(Type.String()),
  state: oneOf(['active', 'paused', 'ended', 'deceased', 'none']),
  insurance: Type.Optional(oneOf(['employee', 'resident'])),
  personType: Type.Optional(oneOf(['inService', 'retired', 'resident'])),
  from: Type.Optional(Type.String()),
  until: Type.Optional(Type.String()),
  county: Type.Optional(Type.String()),
  assistanceClass: Type.Optional(Type.String()),
  civilServant: Type.Optional(Type.Boolean()),
  filings: Type.Array(
    Type.Object({
      id: Type.String(),
      careCity: Type.String(),
      type: FilingTypeWord,
      from: Type.String(),
      until: Type.Optional(Type.String()),
      state: oneOf(['upcoming', 'active', 'expired', 'cancelled', 'superseded']),
    }),
  ),
  qualification: Type.Optional(
    Type.Object({
      diseaseCode: Type.String(),
      held: Type.Optional(Type.Boolean()),
      withheld: Type.Optional(Type.Boolean()),
      from: Type.Optional(Type.String()),
      until: Type.Optional(Type.String()),
      limitFen: Type.Optional(Type.Integer()),
    }),
  ),
  contributionMonths: Type.Array(Type.String()),
  asOf: Type.String(),
});

const Accesses = Type.Object({
  accesses: Type.Array(
    Type.Object({
      at: Type.String(),
      actor: Type.Object({
        role: Type.String(),
        subject: Type.String(),
        city: Type.Optional(Type.String()),
      }),
      purpose: Type.String(),
      reference: Type.Optional(Type.String()),
      insuredCity: Type.String(),
      diseaseCode: Type.Optional(Type.String()),
      on: Type.String(),
      knownOn: Type.Optional(Type.String()),
    }),
  ),
  next: Type.Optional(Type.String()),
});

const ImportAnswer = Type.Object({
  importId: Type.String(),
  accepted: Type.Integer(),
  rejectedCount: Type.Integer(),
  rejected: Type.Array(
    Type.Object({
      line: Type.Integer(),
      refused: Type.String(),
      field: Type.Optional(Type.String()),
      reason: Type.String({ description: 'zh-CN' }),
    }),
    { description: 'the first thousand' },
  ),
});

const registering = {
  enrol: route({
    ...write,
    id: 'enrol',
    path: '/v1/enrolments',
    summary: 'Register a person at a city, or change the enrolment there',
    roles: ['agency'],
    scope: insuredCity,
    body: EnrolmentBody,
    answers: { 201: Type.Object({ personKey: Type.String() }) },
  }),
  importEnrolments: route({
    ...write,
    id: 'import-enrolments',
    path: '/v1/enrolments/import',
    summary:
      'Register many, one JSON object a line (see ImportLine), each with qualifications and filings if it likes; bad lines are reported, good ones kept',
    roles: ['agency'],
    scope: { kind: 'items', field: 'insuredCity' },
    stream: { mediaTypes: ['application/x-ndjson'] },
    answers: { 200: ImportAnswer },
  }),
  contribute: route({
    ...write,
    id: 'post-contribution',
    path: '/v1/contributions',
    summary: 'Post what was paid for a month',
    roles: ['agency'],
    scope: insuredCity,
    body: ContributionBody,
    answers: { 201: Type.Object({ personKey: Type.String(), month: Type.String() }) },
  }),
} as const;

const qualifying = {
  grantQualification: route({
    ...write,
    id: 'grant-qualification',
    path: '/v1/qualifications',
    summary: 'Grant a chronic-disease qualification',
    roles: ['agency'],
    scope: insuredCity,
    body: QualificationBody,
    answers: { 201: QualificationAnswer },
  }),
  endQualification: route({
    ...write,
    id: 'end-qualification',
    path: '/v1/qualifications/{id}/end',
    summary: 'End a qualification',
    roles: ['agency'],
    scope: { kind: 'parties' },
    params: Id,
    body: EndBody,
    answers: { 200: EndedAnswer },
  }),
} as const;

const filing = {
  makeFiling: route({
    ...write,
    id: 'make-filing',
    path: '/v1/filings',
    summary: 'File for care in a city of the other province; a person files for themself',
    roles: ['agency', 'partner', 'person'],
    scope: {
      kind: 'perRole',
      roles: { agency: insuredCity, partner: insuredCity, person: { kind: 'parties' } },
    },
    body: FilingBody,
    answers: { 201: FilingAnswer },
  }),
  cancelFiling: route({
    ...write,
    id: 'cancel-filing',
    path: '/v1/filings/{id}/cancel',
    summary: 'Cancel a filing',
    roles: ['agency', 'partner', 'person'],
    scope: { kind: 'parties' },
    params: Id,
    body: EndBody,
    answers: { 200: EndedAnswer },
  }),
} as const;

const reading = {
  queryCoverage: route({
    service,
    id: 'query-coverage',
    method: 'POST',
    path: '/v1/coverage-queries',
    summary: 'Ask what covers a person on a day, for a purpose that is kept',
    roles: ['partner', 'agency', 'person'],
    scope: {
      kind: 'perRole',
      roles: { partner: { kind: 'any' }, agency: { kind: 'any' }, person: { kind: 'parties' } },
    },
    body: CoverageQueryBody,
    answers: { 200: CoverageAnswerBody },
    idempotency: 'none',
  }),
  accessLog: route({
    service,
    id: 'read-access-log',
    method: 'GET',
    path: '/v1/access-log',
    summary: 'Who read a person, when and why, newest first',
    roles: ['auditor', 'agency', 'person'],
    scope: {
      kind: 'perRole',
      roles: {
        auditor: { kind: 'any' },
        agency: { kind: 'parties' },
        person: { kind: 'own', in: 'query', field: 'personKey' },
      },
    },
    query: object({
      personKey: wire.id,
      after: Type.Optional(wire.cursor),
      limit: Type.Optional(wire.limit),
    }),
    answers: { 200: Accesses },
    idempotency: 'none',
  }),
} as const;

/** The routes of enrolment-query (api.md §2) by name. */
export const enrolmentRoutes = {
  ...registering,
  ...qualifying,
  ...filing,
  ...reading,
} as const satisfies Readonly<Record<string, RouteContract>>;
