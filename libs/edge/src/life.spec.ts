import { route } from '@lib/contracts';
import { Controller, Get, Module } from '@nestjs/common';
import { Type } from '@sinclair/typebox';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Endpoint } from './endpoint';
import { openApiOf } from './openapi';
import { startTiny, type Tiny, tinyRoutes } from './testing/tiny-service';
import { TokenIssuer } from './testing/token-issuer';

const operator = { role: 'operator' } as const;

describe('the life of a service', () => {
  let tiny: Tiny | undefined;
  afterEach(async () => {
    await tiny?.service.stop().catch(() => undefined);
    tiny = undefined;
  });

  const call = async (started: Tiny, path: string, init: RequestInit = {}, token?: string) =>
    fetch(started.service.url + path, {
      ...init,
      headers: { authorization: `Bearer ${token ?? (await started.issuer.token(operator))}` },
    });

  it('finishes the requests in flight when it is told to stop, then what runs beside them, then the pools', async () => {
    const order: string[] = [];
    const note = (what: string) => () => void order.push(what);
    tiny = await startTiny(
      {},
      {
        parts: () => ({
          running: [
            { start: note('consumer starts'), stop: note('consumer stops') },
            { start: note('relay starts'), stop: note('relay stops') },
          ],
          close: [note('pool closes')],
        }),
      },
    );
    let entered: () => void = () => undefined;
    const inFlight = new Promise<void>((resolve) => {
      entered = resolve;
    });
    tiny.doings.slow = async () => {
      entered();
      await sleep(400);
      order.push('request answered');
      return { done: true };
    };
    const answer = call(tiny, '/v1/slow', { method: 'POST' });
    await inFlight;
    const stopped = tiny.service.stop();
    const response = await answer;
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ done: true });
    await stopped;
    expect(order).toEqual([
      'consumer starts',
      'relay starts',
      'request answered',
      'consumer stops',
      'relay stops',
      'pool closes',
    ]);
    await expect(fetch(`${tiny.service.url}/health/live`)).rejects.toThrow();
  });

  it('does not wait for ever for a request that hangs', async () => {
    tiny = await startTiny({ DRAIN_TIMEOUT_MS: 500 });
    let entered: () => void = () => undefined;
    const inFlight = new Promise<void>((resolve) => {
      entered = resolve;
    });
    tiny.doings.slow = () => {
      entered();
      return new Promise(() => undefined);
    };
    const answer = call(tiny, '/v1/slow', { method: 'POST' }).catch(() => 'cut off');
    await inFlight;
    const startedAt = Date.now();
    await tiny.service.stop().catch(() => undefined);
    expect(Date.now() - startedAt).toBeLessThan(2_000);
    expect(await answer).toBe('cut off');
  });

  it('is ready only while every check is up', async () => {
    let broken = false;
    tiny = await startTiny(
      {},
      {
        parts: () => ({
          ready: {
            database: () => true,
            consumers: () => {
              if (broken) throw new Error('gone');
              return true;
            },
          },
        }),
      },
    );
    const ready = () => fetch(`${tiny?.service.url ?? ''}/health/ready`);
    expect(await (await ready()).json()).toEqual({
      status: 'up',
      checks: { database: 'up', consumers: 'up' },
    });
    broken = true;
    const response = await ready();
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      status: 'down',
      checks: { database: 'up', consumers: 'down' },
    });
  });

  it('sends new requests away early when it has too many, but not those of its operators', async () => {
    tiny = await startTiny({ HTTP_MAX_IN_FLIGHT: 1 });
    let release: () => void = () => undefined;
    let entered: () => void = () => undefined;
    const inFlight = new Promise<void>((resolve) => {
      entered = resolve;
    });
    tiny.doings.slow = () => {
      entered();
      return new Promise((resolve) => {
        release = () => {
          resolve({ done: true });
        };
      });
    };
    const first = call(tiny, '/v1/slow', { method: 'POST' });
    await inFlight;
    const second = await call(tiny, '/v1/slow', { method: 'POST' });
    expect(second.status).toBe(503);
    expect(second.headers.get('retry-after')).toBe('1');
    expect(await second.json()).toMatchObject({ refused: 'edge.overloaded' });
    expect((await call(tiny, '/admin/status')).status).toBe(200);
    release();
    expect((await first).status).toBe(200);
  });

  it('believes the keys of a changed file, and no longer those it replaced', async () => {
    tiny = await startTiny();
    const old = await tiny.issuer.token(operator);
    expect((await call(tiny, '/admin/status', {}, old)).status).toBe(200);
    const successor = await TokenIssuer.create();
    await sleep(1_100);
    writeFileSync(join(tiny.folder, 'jwks.json'), JSON.stringify(successor.jwks));
    await sleep(2_200);
    expect((await call(tiny, '/admin/status', {}, old)).status).toBe(401);
    expect((await call(tiny, '/admin/status', {}, await successor.token(operator))).status).toBe(
      200,
    );
  });

  it('counts what it answered by route and status', async () => {
    tiny = await startTiny();
    await call(tiny, '/admin/status');
    await call(tiny, '/nowhere');
    const figures = await (await fetch(`${tiny.service.url}/metrics`)).text();
    expect(figures).toMatch(
      /http_request_duration_seconds_count\{.*route="admin-status".*status="200".*\} 1/,
    );
    expect(figures).toMatch(
      /http_request_duration_seconds_count\{.*route="other".*status="404".*\} 1/,
    );
    expect(figures).toContain('http_requests_in_flight{service="settlement"} 1');
    expect(figures).toContain('process_cpu_user_seconds_total');
  });

  it('moves its clock for an operator, forward only', async () => {
    tiny = await startTiny();
    const move = async (now: string) =>
      fetch(`${tiny?.service.url ?? ''}/admin/clock`, {
        method: 'POST',
        body: JSON.stringify({ now }),
        headers: {
          authorization: `Bearer ${(await tiny?.issuer.token(operator)) ?? ''}`,
          'content-type': 'application/json',
        },
      });
    const moved = await move('2099-03-02T08:00:00+08:00');
    expect(moved.status).toBe(200);
    expect(((await moved.json()) as { now: string }).now).toMatch(/^2099-03-02T08:00:00/);
    const back = await move('2098-03-02T08:00:00+08:00');
    expect(back.status).toBe(422);
    expect(await back.json()).toMatchObject({ refused: 'edge.clock-backwards', field: 'now' });
  });
});

describe('the authorisation table', () => {
  const stray = route({ ...tinyRoutes.slow, id: 'stray', path: '/v1/stray' });

  @Controller()
  class WithoutContract {
    @Get('/v1/secret')
    secret() {
      return 'all of it';
    }
  }
  @Controller()
  class NotInTheTable {
    @Endpoint(stray)
    stray() {
      return {};
    }
  }
  @Controller()
  class AnotherRule {
    @Endpoint({ ...tinyRoutes.find, roles: ['partner', 'auditor', 'person', 'agency'] })
    find() {
      return {};
    }
  }
  const moduleOf = (controller: new () => object) => {
    @Module({ controllers: [controller] })
    class StrayModule {}
    return StrayModule;
  };

  it.each([
    ['a method without a contract', WithoutContract, [], 'GET /v1/secret has no contract'],
    ['a contract that is not listed', NotInTheTable, [], 'POST /v1/stray is not in the table'],
    [
      'a rule that differs',
      AnotherRule,
      [tinyRoutes.find],
      'GET /v1/settlements/{no} is not in the table',
    ],
  ])('does not let a service start with %s', async (_what, controller, routes, sentence) => {
    await expect(startTiny({}, { module: moduleOf(controller), routes })).rejects.toThrow(sentence);
  });

  it('does not let a service start that does not serve what is listed', async () => {
    const routes = [...Object.values(tinyRoutes), stray];
    await expect(startTiny({}, { routes })).rejects.toThrow(
      'POST /v1/stray is in the table, but no controller serves it',
    );
  });
});

describe('the published contract', () => {
  it('has every route, its fields, and who may call', () => {
    const document = openApiOf('settlement', Object.values(tinyRoutes));
    expect(Object.keys(document.paths)).toEqual([
      '/v1/settlements',
      '/v1/settlements/{no}',
      '/v1/filings',
      '/v1/imports',
      '/v1/slow',
    ]);
    expect(document.paths['/v1/settlements']?.['post']).toMatchObject({
      operationId: 'settle',
      parameters: [{ name: 'Idempotency-Key', in: 'header', required: true }],
      requestBody: {
        content: { 'application/json': { schema: { additionalProperties: false } } },
      },
      security: [{ token: [] }],
    });
  });

  it('writes the last piece of a path that takes slashes as an ordinary one', () => {
    const rest = route({
      ...tinyRoutes.find,
      path: '/v1/streams/{stream*}',
      params: Type.Object({ stream: Type.String() }),
    });
    expect(Object.keys(openApiOf('settlement', [rest]).paths)).toEqual(['/v1/streams/{stream}']);
  });
});
