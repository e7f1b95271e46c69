import type { Refusal } from '@domain/kernel';
import { object, route, type RouteContract, wire } from '@lib/contracts';
import { Controller, Inject, Module } from '@nestjs/common';
import { Type } from '@sinclair/typebox';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DestinationStream } from 'pino';
import { raw } from '../answer';
import { type Call, TheCall } from '../call';
import {
  type FactPage,
  JournalReader,
  type Page,
  ParkedAdmin,
  type ServiceStatus,
  StatusSource,
} from '../operation/ports';
import { edgeConfig, type EdgeConfig, readConfig } from '../config';
import { Endpoint } from '../endpoint';
import { createLogs } from '../logs';
import { type RunningService, type ServiceOptions, startService } from '../start-service';
import { TokenIssuer } from './token-issuer';

const Line = object({
  itemCode: wire.code,
  amountFen: wire.fen,
  soldAt: Type.Optional(wire.moment),
});
const base = { service: 'settlement', scope: { kind: 'any' }, idempotency: 'none' } as const;

/** Routes of every kind that the door knows. */
export const tinyRoutes = {
  settle: route({
    ...base,
    id: 'settle',
    method: 'POST',
    path: '/v1/settlements',
    summary: 'Settle',
    roles: ['partner', 'service'],
    scope: { kind: 'field', in: 'body', field: 'careCity' },
    body: object({
      visitNo: wire.code,
      careCity: wire.city,
      visitedOn: Type.Optional(wire.day),
      lines: Type.Array(Line, { minItems: 1, maxItems: 50 }),
    }),
    answers: { 201: Type.Unknown() },
    idempotency: 'required',
    bodyLimitBytes: 20_000,
  }),
  find: route({
    ...base,
    id: 'find',
    method: 'GET',
    path: '/v1/settlements/{no}',
    summary: 'Find',
    roles: ['partner', 'auditor', 'person'],
    scope: { kind: 'parties' },
    params: object({ no: wire.code }),
    query: object({ limit: Type.Optional(wire.limit), open: Type.Optional(Type.Boolean()) }),
    answers: { 200: Type.Unknown() },
  }),
  filings: route({
    ...base,
    id: 'filings',
    method: 'GET',
    path: '/v1/filings',
    summary: 'Filings',
    roles: ['agency', 'person'],
    scope: {
      kind: 'perRole',
      roles: {
        agency: { kind: 'oneOf', in: 'query', fields: ['insuredCity', 'careCity'] },
        person: { kind: 'own', in: 'query', field: 'personKey' },
      },
    },
    query: object({
      insuredCity: Type.Optional(wire.city),
      careCity: Type.Optional(wire.city),
      personKey: Type.Optional(wire.id),
    }),
    answers: { 200: Type.Unknown() },
  }),
  upload: route({
    ...base,
    id: 'upload',
    method: 'POST',
    path: '/v1/imports',
    summary: 'Upload',
    roles: ['agency'],
    stream: { mediaTypes: ['application/x-ndjson', 'text/csv'] },
    answers: { 200: Type.Unknown() },
  }),
  slow: route({
    ...base,
    id: 'slow',
    method: 'POST',
    path: '/v1/slow',
    summary: 'Slow',
    roles: ['operator'],
    answers: { 200: Type.Unknown() },
  }),
} as const satisfies Readonly<Record<string, RouteContract>>;

/** What the tiny service does is set by its tests. */
export interface TinyDoings {
  settle: (call: Call<typeof tinyRoutes.settle>) => unknown;
  slow: () => Promise<unknown>;
}

const DOINGS = Symbol('doings');

@Controller()
class TinyController {
  constructor(@Inject(DOINGS) private readonly doings: TinyDoings) {}

  @Endpoint(tinyRoutes.settle)
  settle(@TheCall() call: Call<typeof tinyRoutes.settle>) {
    return this.doings.settle(call);
  }

  @Endpoint(tinyRoutes.find)
  find(@TheCall() call: Call<typeof tinyRoutes.find>): Refusal | object {
    const { no } = call.params;
    if (no === 'missing') return { refused: 'settlement.not-found' };
    return { no, query: call.query };
  }

  @Endpoint(tinyRoutes.filings)
  filings() {
    return raw(200, '{"filings":[]}', { 'x-exact': 'yes' });
  }

  @Endpoint(tinyRoutes.upload)
  async upload(@TheCall() call: Call<typeof tinyRoutes.upload>) {
    let bytes = 0;
    for await (const chunk of call.stream) bytes += (chunk as Buffer).length;
    return { bytes, mediaType: call.mediaType };
  }

  @Endpoint(tinyRoutes.slow)
  slow() {
    return this.doings.slow();
  }
}

class TinyStatus extends StatusSource {
  status(): Promise<ServiceStatus> {
    return Promise.resolve({ consumers: [], parked: 0, database: { up: true } });
  }
}

class TinyParked extends ParkedAdmin {
  list(page: Page) {
    return Promise.resolve({ items: [page] });
  }
  retry(id: string, by: object) {
    return Promise.resolve({ id, by, state: 'retried' });
  }
  drop(id: string, by: object, reason: string) {
    return Promise.resolve({ id, by, reason, state: 'dropped' });
  }
}

class TinyJournal extends JournalReader {
  page({ after }: Page): Promise<FactPage | Refusal> {
    if (after === 'nonsense') return Promise.resolve({ refused: 'edge.cursor-invalid' });
    return Promise.resolve({ facts: [], next: 'next' });
  }
  stream(stream: string): Promise<FactPage> {
    return Promise.resolve({ facts: [], next: stream });
  }
}

export interface Tiny {
  readonly service: RunningService;
  readonly issuer: TokenIssuer;
  readonly doings: TinyDoings;
  readonly folder: string;
  readonly logLines: readonly string[];
}

/** Starts the tiny service on a free port with an issuer of its own. */
export async function startTiny(
  overrides: Partial<EdgeConfig> = {},
  options: Partial<ServiceOptions> = {},
): Promise<Tiny> {
  const folder = mkdtempSync(join(tmpdir(), 'tiny-service-'));
  const issuer = await TokenIssuer.create();
  issuer.writeJwks(join(folder, 'jwks.json'));
  const doings: TinyDoings = {
    settle: (call) => ({ settled: call.body, key: call.idempotencyKey, by: call.caller.subject }),
    slow: () => Promise.resolve({ done: true }),
  };
  const logLines: string[] = [];
  const destination: DestinationStream = { write: (line: string) => logLines.push(line) };
  const service = await startService({
    name: 'settlement',
    module: tinyModule(doings),
    routes: Object.values(tinyRoutes),
    config: { ...tinyConfig(folder, issuer), ...overrides },
    logs: createLogs('settlement', 'debug', destination),
    signals: false,
    ...options,
  });
  return { service, issuer, doings, folder, logLines };
}

export function tinyModule(doings: TinyDoings) {
  @Module({
    controllers: [TinyController],
    providers: [
      { provide: DOINGS, useValue: doings },
      { provide: StatusSource, useClass: TinyStatus },
      { provide: ParkedAdmin, useClass: TinyParked },
      { provide: JournalReader, useClass: TinyJournal },
    ],
  })
  class TinyModule {}
  return TinyModule;
}

export function tinyConfig(folder: string, issuer: TokenIssuer): EdgeConfig {
  const clockFile = join(folder, 'clock.json');
  writeFileSync(clockFile, '{ "offsetMs": 0 }');
  return readConfig(edgeConfig, {
    PORT: '0',
    DATABASE_URL: 'postgres://localhost/none',
    KAFKA_BROKERS: '127.0.0.1:1',
    AUTH_JWKS_FILE: join(folder, 'jwks.json'),
    AUTH_ISSUER: issuer.issuer,
    AUTH_AUDIENCE: issuer.audience,
    DATA_DIR: folder,
    CLOCK_FILE: clockFile,
    CLOCK_MOVABLE: 'true',
    LOG_LEVEL: 'debug',
  });
}

/** A visit that the tiny service takes. */
export const tinyVisit = () => ({
  visitNo: `visit-${randomUUID()}`,
  careCity: '430100',
  lines: [{ itemCode: 'XA01', amountFen: 4900 }],
});
