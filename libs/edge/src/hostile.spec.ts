import fc from 'fast-check';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTiny, type Tiny } from './testing/tiny-service';
import { TokenIssuer } from './testing/token-issuer';

const visit = {
  visitNo: 'visit-1',
  careCity: '430100',
  lines: [{ itemCode: 'XA01', amountFen: 4900 }],
};
const partner = { role: 'partner', cities: ['430100'] } as const;

describe('the door, to those who mean no good', () => {
  let tiny: Tiny;
  let token: string;

  beforeAll(async () => {
    tiny = await startTiny({ HTTP_BODY_TIMEOUT_MS: 1_000 });
    token = await tiny.issuer.token(partner);
  });
  afterAll(() => tiny.service.stop());

  const settle = (body: string | Uint8Array, headers: Record<string, string> = {}) =>
    fetch(`${tiny.service.url}/v1/settlements`, {
      method: 'POST',
      body,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': 'key-1',
        ...headers,
      },
    });
  const problemOf = async (response: Response) => {
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    return (await response.json()) as Record<string, unknown>;
  };

  describe('tokens', () => {
    const withToken = (given: string | undefined) =>
      settle(JSON.stringify(visit), given === undefined ? {} : { authorization: given });
    const unsigned = (claims: object): string => {
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`;
    };

    it.each<[string, () => Promise<string> | string]>([
      ['no token at all', () => ''],
      ['something else', () => 'Basic YTpi'],
      ['nonsense', () => 'Bearer nonsense'],
      ['an expired token', async () => `Bearer ${await tiny.issuer.token(partner, -60)}`],
      ['one without an end', async () => `Bearer ${await tiny.issuer.tokenWithoutExpiry(partner)}`],
      [
        'one of a foreign issuer',
        async () => `Bearer ${await (await TokenIssuer.create('stranger')).token(partner)}`,
      ],
      [
        'one signed by another key in the name of our issuer',
        async () => `Bearer ${await (await TokenIssuer.create('test-issuer')).token(partner)}`,
      ],
      [
        'one that is not signed',
        () =>
          `Bearer ${unsigned({ ...partner, iss: 'test-issuer', aud: 'ten-city', sub: 'x', exp: 9_999_999_999 })}`,
      ],
      [
        'one for another audience',
        async () => {
          const other = await TokenIssuer.create('test-issuer', 'elsewhere');
          return `Bearer ${await other.token(partner)}`;
        },
      ],
      [
        'a role that does not exist',
        async () => `Bearer ${await tiny.issuer.token({ ...partner, role: 'king' as never })}`,
      ],
      ['nine kilobytes of token', () => `Bearer ${'x'.repeat(9_000)}`],
    ])('refuses %s', async (_what, make) => {
      const response = await withToken(await make());
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect(await problemOf(response)).toMatchObject({ refused: 'edge.unauthenticated' });
    });

    it('forgets a token when it expires', async () => {
      // Five seconds of tolerance lie between the end and the refusal.
      const short = `Bearer ${await tiny.issuer.token(partner, -4)}`;
      expect((await withToken(short)).status).toBe(201);
      await sleep(2_100);
      expect((await withToken(short)).status).toBe(401);
    });
  });

  describe('idempotency keys', () => {
    it.each([
      ['', 'idempotency.key-missing'],
      ['with space', 'idempotency.key-invalid'],
      ['\u00e4', 'idempotency.key-invalid'],
      ['k'.repeat(129), 'idempotency.key-invalid'],
    ])('refuses the key %j', async (key, refused) => {
      const response = await settle(JSON.stringify(visit), { 'idempotency-key': key });
      expect(response.status).toBe(400);
      expect(await problemOf(response)).toMatchObject({ refused, field: 'Idempotency-Key' });
    });

    it('takes 128 visible characters', async () => {
      const response = await settle(JSON.stringify(visit), { 'idempotency-key': '~'.repeat(128) });
      expect(response.status).toBe(201);
    });
  });

  describe('bodies', () => {
    const nested = (depth: number) => `{"visitNo":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    const poisoned = (name: string) => JSON.stringify(visit).replace('{', `{"${name}":{"x":1},`);

    it.each<[string, string | Uint8Array, number, string]>([
      ['no JSON', '{"visitNo":', 400, 'edge.malformed-json'],
      ['a million brackets', nested(8_000), 400, 'edge.too-deep'],
      ['seventeen levels', nested(17), 400, 'edge.too-deep'],
      ['a prototype', poisoned('__proto__'), 400, 'edge.forbidden-key'],
      ['a constructor', poisoned('constructor'), 400, 'edge.forbidden-key'],
      [
        'a NUL in a text',
        JSON.stringify({ ...visit, visitNo: 'a\0b' }),
        400,
        'edge.malformed-text',
      ],
      ['half a character', '{"visitNo":"\\ud800"}', 400, 'edge.malformed-text'],
      ['bytes that are no UTF-8', Uint8Array.from([0x7b, 0xff, 0x7d]), 400, 'edge.malformed-text'],
      [
        'a body above the limit',
        JSON.stringify({ ...visit, visitNo: 'x'.repeat(30_000) }),
        413,
        'edge.too-large',
      ],
      ['a list as the body', '[]', 400, 'edge.field-invalid'],
      ['null as the body', 'null', 400, 'edge.field-missing'],
    ])('refuses %s', async (_what, body, status, refused) => {
      const response = await settle(body);
      expect(response.status).toBe(status);
      expect(await problemOf(response)).toMatchObject({ status, refused });
    });

    it.each<[string, Record<string, string>, string]>([
      ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'edge.media-type'],
      ['text', { 'content-type': 'text/plain' }, 'edge.media-type'],
      ['another charset', { 'content-type': 'application/json; charset=gbk' }, 'edge.media-type'],
      ['a compressed body', { 'content-encoding': 'gzip' }, 'edge.compressed'],
    ])('refuses %s', async (_what, headers, refused) => {
      const response = await settle(JSON.stringify(visit), headers);
      expect(response.status).toBe(415);
      expect(await problemOf(response)).toMatchObject({ refused });
    });

    it('cuts off a body that drips', async () => {
      const socket = connect(tiny.service.port, '127.0.0.1');
      const received: string[] = [];
      socket.on('data', (data) => received.push(data.toString('utf8')));
      socket.on('error', () => undefined);
      const closed = new Promise<void>((resolve) =>
        socket.on('close', () => {
          resolve();
        }),
      );
      socket.write(
        `POST /v1/settlements HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\n` +
          'idempotency-key: drip\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n',
      );
      const drip = setInterval(() => socket.write(' '), 50);
      const startedAt = Date.now();
      await closed;
      clearInterval(drip);
      expect(Date.now() - startedAt).toBeLessThan(4_000);
      expect(received.join('')).toContain('408 Request Timeout');
      expect(received.join('')).toContain('"refused":"edge.timeout"');
    }, 15_000);

    it.each([
      ['GET / HTTP/9.9\r\n\r\n', 'edge.malformed-request'],
      [
        `GET /x HTTP/1.1\r\nhost: x\r\nbig: ${'y'.repeat(20_000)}\r\n\r\n`,
        'edge.headers-too-large',
      ],
    ])('answers what is hardly HTTP with a problem document', async (text, refused) => {
      const socket = connect(tiny.service.port, '127.0.0.1');
      const received: string[] = [];
      socket.on('data', (data) => received.push(data.toString('utf8')));
      const closed = new Promise<void>((resolve) =>
        socket.on('close', () => {
          resolve();
        }),
      );
      socket.write(text);
      await closed;
      expect(received.join('')).toContain(`"refused":"${refused}"`);
    });

    it('answers any JSON with 201 or a problem, never with a fault', async () => {
      await fc.assert(
        fc.asyncProperty(fc.json({ maxDepth: 20 }), async (body) => {
          const response = await settle(body);
          expect([400, 413]).toContain(response.status);
          expect((await problemOf(response))['refused']).toMatch(/^edge\./);
        }),
        { numRuns: 150, seed: 20260302 },
      );
    }, 30_000);

    it('answers any bytes with a problem, never with a fault', async () => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), async (bytes) => {
          const response = await settle(Uint8Array.from(bytes));
          expect([400, 413, 415]).toContain(response.status);
          await problemOf(response);
        }),
        { numRuns: 100, seed: 20260303 },
      );
    }, 30_000);

    it('answers a visit with any one field replaced with 201 or a problem', async () => {
      const field = fc.constantFrom('visitNo', 'careCity', 'visitedOn', 'lines', 'other');
      await fc.assert(
        fc.asyncProperty(field, fc.jsonValue({ maxDepth: 6 }), async (name, value) => {
          const response = await settle(JSON.stringify({ ...visit, [name]: value }));
          expect([201, 400, 403]).toContain(response.status);
        }),
        { numRuns: 150, seed: 20260304 },
      );
    }, 30_000);

    it('answers any address with a problem, never with a fault', async () => {
      await fc.assert(
        fc.asyncProperty(fc.webPath(), fc.webQueryParameters(), async (path, query) => {
          const response = await fetch(`${tiny.service.url}/v1/settlements${path}?${query}`, {
            headers: { authorization: `Bearer ${token}` },
          });
          expect([200, 400, 404, 414]).toContain(response.status);
          if (response.status !== 200) await problemOf(response);
        }),
        { numRuns: 150, seed: 20260305 },
      );
    }, 30_000);
  });

  describe('queries and addresses', () => {
    const get = (path: string) =>
      fetch(tiny.service.url + path, { headers: { authorization: `Bearer ${token}` } });

    it.each<[string, number, string, string | undefined]>([
      ['/v1/settlements/1?limit=0', 400, 'edge.field-invalid', 'limit'],
      ['/v1/settlements/1?limit=many', 400, 'edge.field-invalid', 'limit'],
      ['/v1/settlements/1?limit=1&limit=2', 400, 'edge.field-invalid', 'limit'],
      ['/v1/settlements/1?colour=red', 400, 'edge.field-unknown', 'colour'],
      ['/v1/settlements/1?__proto__=1', 400, 'edge.field-unknown', '__proto__'],
      ['/v1/settlements/a%00b', 400, 'edge.malformed-text', 'no'],
      ['/v1/settlements/%E0%A4%A', 400, 'edge.malformed-request', undefined],
      [`/v1/settlements/${'x'.repeat(500)}`, 414, 'edge.uri-too-long', undefined],
      [`/v1/settlements/${'x'.repeat(100)}`, 400, 'edge.field-invalid', 'no'],
      ['/v1/settlements/missing', 404, 'settlement.not-found', undefined],
      ['/v1/nothing', 404, 'edge.not-found', undefined],
      ['/docs/../etc/passwd', 404, 'edge.not-found', undefined],
    ])('refuses %s', async (path, status, refused, field) => {
      const response = await get(path);
      expect(response.status).toBe(status);
      expect(await problemOf(response)).toMatchObject({
        refused,
        ...(field === undefined ? {} : { field }),
      });
    });

    it('reads numbers and truth from a query', async () => {
      const response = await get('/v1/settlements/7?limit=5&open=true');
      expect(await response.json()).toEqual({ no: '7', query: { limit: 5, open: true } });
    });

    it('serves no method that the table does not list', async () => {
      for (const method of ['HEAD', 'DELETE', 'PUT', 'OPTIONS']) {
        const response = await fetch(`${tiny.service.url}/v1/settlements`, {
          method,
          headers: { authorization: `Bearer ${token}` },
        });
        expect(response.status).toBe(404);
      }
    });
  });

  describe('faults', () => {
    it('says nothing of a fault but its trace, and logs no value', async () => {
      tiny.doings.settle = () => {
        throw Object.assign(new Error('duplicate key (person_no)=(360700197001011234)'), {
          code: '23505',
          detail: 'Key (person_no)=(360700197001011234) already exists.',
          constraint: 'person_pkey',
        });
      };
      const response = await settle(JSON.stringify(visit), {
        traceparent: '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01',
      });
      expect(response.status).toBe(500);
      const text = await response.text();
      expect(JSON.parse(text)).toEqual({
        type: 'urn:ten-city:problem:edge.fault',
        title: '系统内部错误，请稍后使用同一幂等键重试',
        status: 500,
        refused: 'edge.fault',
        traceId: '0123456789abcdef0123456789abcdef',
      });
      const logged = tiny.logLines.join('\n');
      expect(logged).toContain('person_pkey');
      expect(logged).toContain('0123456789abcdef0123456789abcdef');
      for (const secret of ['360700197001011234', token, 'visit-1']) {
        expect(logged).not.toContain(secret);
      }
    });

    it('turns a returned refusal into its problem document', async () => {
      tiny.doings.settle = () => ({
        refused: 'settlement.not-filed',
        title: '未备案',
        remedy: '补办备案后可直接结算',
        status: 'open',
        dueFen: 12n,
      });
      const response = await settle(JSON.stringify(visit));
      expect(response.status).toBe(422);
      expect(await problemOf(response)).toEqual({
        type: 'urn:ten-city:problem:settlement.not-filed',
        title: '未备案',
        status: 422,
        refused: 'settlement.not-filed',
        remedy: '补办备案后可直接结算',
        currentStatus: 'open',
        dueFen: 12,
      });
    });

    it('does not take a count of refused rows for a refusal', async () => {
      tiny.doings.settle = () => ({ accepted: 3, refused: 2 });
      const response = await settle(JSON.stringify(visit));
      expect(response.status).toBe(201);
      expect(await response.json()).toEqual({ accepted: 3, refused: 2 });
    });
  });
});
