import { Type } from '@sinclair/typebox';
import { type RouteContract, type Service, route } from './route-contract';
import { object, wire } from './wire';

const Health = object({ status: Type.String(), checks: Type.Record(Type.String(), Type.String()) });
const Anything = Type.Unknown();
const open = { roles: 'public', scope: { kind: 'any' }, idempotency: 'none' } as const;
const operator = { roles: ['operator'], scope: { kind: 'any' }, idempotency: 'none' } as const;
const auditor = { roles: ['auditor'], scope: { kind: 'any' }, idempotency: 'none' } as const;
const Move = object({ reason: wire.reason });
const Parked = object({ id: wire.id });

/** A fact as auditors read it; the payload is the exact text that was hashed. */
export const JournalFact = object({
  position: Type.String(),
  stream: Type.String(),
  version: Type.Integer(),
  type: Type.String(),
  payload: Type.String(),
  actor: object({
    role: Type.String(),
    subject: Type.String(),
    city: Type.Optional(Type.String()),
  }),
  commandKey: Type.Optional(
    object({ scope: Type.String(), key: Type.String(), inputHash: Type.String() }),
  ),
  recordedAt: Type.String(),
  previousHash: Type.String(),
  hash: Type.String(),
});
export const JournalPage = object({
  facts: Type.Array(JournalFact),
  next: Type.Optional(Type.String()),
});

const publicRoutes = (service: Service) => ({
  live: route({
    ...open,
    service,
    id: 'health-live',
    method: 'GET',
    path: '/health/live',
    summary: 'Whether the process runs',
    answers: { 200: Health },
  }),
  ready: route({
    ...open,
    service,
    id: 'health-ready',
    method: 'GET',
    path: '/health/ready',
    summary: 'Whether the service can do its work now',
    answers: { 200: Health, 503: Health },
  }),
  metrics: route({
    ...open,
    service,
    id: 'metrics',
    method: 'GET',
    path: '/metrics',
    summary: 'Figures for Prometheus',
    answers: { 200: Type.String() },
  }),
  openapi: route({
    ...open,
    service,
    id: 'openapi',
    method: 'GET',
    path: '/openapi.json',
    summary: 'This contract',
    answers: { 200: Anything },
  }),
});

const adminRoutes = (service: Service) => ({
  status: route({
    ...operator,
    service,
    id: 'admin-status',
    method: 'GET',
    path: '/admin/status',
    summary: 'Versions, consumers and their lag, relay, parked messages, database',
    answers: { 200: Anything },
  }),
  parked: route({
    ...operator,
    service,
    id: 'admin-parked',
    method: 'GET',
    path: '/admin/parked',
    summary: 'Messages that could not be handled, oldest first',
    query: object({ after: Type.Optional(wire.cursor), limit: Type.Optional(wire.limit) }),
    answers: { 200: Anything },
  }),
  retryParked: route({
    ...operator,
    service,
    id: 'admin-parked-retry',
    method: 'POST',
    path: '/admin/parked/{id}/retry',
    summary: 'Handle a parked message again',
    params: Parked,
    body: object({
      reason: Type.Optional(wire.reason),
      // Gives up the versions missing before a message parked as `gap`; needs a reason.
      skipMissing: Type.Optional(Type.Boolean()),
    }),
    answers: { 200: Anything },
  }),
  dropParked: route({
    ...operator,
    service,
    id: 'admin-parked-drop',
    method: 'POST',
    path: '/admin/parked/{id}/drop',
    summary: 'Give a parked message up, with a reason that is kept',
    params: Parked,
    body: Move,
    answers: { 200: Anything },
  }),
  clock: route({
    ...operator,
    service,
    id: 'admin-clock',
    method: 'POST',
    path: '/admin/clock',
    summary: 'Move business time forward; only on a stack whose clock may be moved',
    body: object({ now: wire.moment }),
    answers: { 200: object({ now: Type.String() }) },
  }),
});

const journalRoutes = (service: Service) => ({
  journal: route({
    ...auditor,
    service,
    id: 'journal',
    method: 'GET',
    path: '/v1/journal',
    summary: 'Facts in the order of their positions',
    query: object({ after: Type.Optional(wire.cursor), limit: Type.Optional(wire.limit) }),
    answers: { 200: JournalPage },
  }),
  stream: route({
    ...auditor,
    service,
    id: 'journal-stream',
    method: 'GET',
    path: '/v1/journal/streams/{stream*}',
    summary: 'The facts of one stream in the order of their versions',
    params: object({ stream: wire.id }),
    query: object({ after: Type.Optional(wire.cursor), limit: Type.Optional(wire.limit) }),
    answers: { 200: JournalPage },
  }),
});

/** The routes that every service has (api.md §5), by name. */
export const commonContracts = (service: Service) => ({
  ...publicRoutes(service),
  ...adminRoutes(service),
  ...journalRoutes(service),
});
export type CommonContracts = ReturnType<typeof commonContracts>;

/** The same as a table. `/docs` is served beside them, without a credential. */
export const commonRoutes = (service: Service): readonly RouteContract[] =>
  Object.values(commonContracts(service));
