import {
  FOREIGN_CITY,
  OWN_CITY,
  OWN_PERSON,
  authorisationCases,
} from './testing/authorisation-cases';
import { startTiny, type Tiny, tinyRoutes } from './testing/tiny-service';
import type { Role } from '@lib/contracts';
import { commonRoutes } from '@lib/contracts';

const visit = {
  visitNo: 'visit-1',
  careCity: OWN_CITY,
  lines: [{ itemCode: 'XA01', amountFen: 4900 }],
};

type Init = Omit<RequestInit, 'headers'> & { readonly headers?: Record<string, string> };

describe('the door of a service', () => {
  let tiny: Tiny;
  const tokens = new Map<Role, string>();

  beforeAll(async () => {
    tiny = await startTiny({ HTTP_BODY_TIMEOUT_MS: 1_000 });
  });
  afterAll(async () => {
    await tiny.service.stop();
  });

  const token = async (role: Role): Promise<string> => {
    const known = tokens.get(role);
    if (known !== undefined) return known;
    const made = await tiny.issuer.token({
      role,
      ...(role === 'person' ? { personKey: OWN_PERSON } : { cities: [OWN_CITY] }),
    });
    tokens.set(role, made);
    return made;
  };
  const call = async (path: string, role: Role, { headers, ...init }: Init = {}) =>
    fetch(tiny.service.url + path, {
      ...init,
      headers: { authorization: `Bearer ${await token(role)}`, ...headers },
    });
  const post = (path: string, role: Role, body: string, headers: Record<string, string> = {}) =>
    call(path, role, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'idempotency-key': 'key-1', ...headers },
    });
  const settle = (body: unknown, headers?: Record<string, string>) =>
    post('/v1/settlements', 'partner', JSON.stringify(body), headers);
  const problem = async (response: Response) => {
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    return (await response.json()) as Record<string, unknown>;
  };

  it('answers a visit with the status of the contract and what the handler returned', async () => {
    const response = await settle(visit);
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ settled: visit, key: 'key-1', by: 'partner-1' });
  });

  it('takes null for absent at any depth', async () => {
    const response = await settle({
      ...visit,
      visitedOn: null,
      lines: [{ ...visit.lines[0], soldAt: null }],
    });
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({ settled: visit });
  });

  it.each<[string, unknown, string, string]>([
    ['a missing field', { ...visit, visitNo: undefined }, 'edge.field-missing', 'visitNo'],
    ['an unknown field', { ...visit, colour: 'red' }, 'edge.field-unknown', 'colour'],
    [
      'an unknown field of a line',
      { ...visit, lines: [{ ...visit.lines[0], x: 1 }] },
      'edge.field-unknown',
      'lines[0].x',
    ],
    [
      'a negative amount',
      { ...visit, lines: [visit.lines[0], { itemCode: 'X', amountFen: -1 }] },
      'edge.field-invalid',
      'lines[1].amountFen',
    ],
    [
      'half a fen',
      { ...visit, lines: [{ itemCode: 'X', amountFen: 0.5 }] },
      'edge.field-invalid',
      'lines[0].amountFen',
    ],
    [
      'a day that does not exist',
      { ...visit, visitedOn: '2026-02-29' },
      'edge.field-invalid',
      'visitedOn',
    ],
    [
      'a moment without an offset',
      { ...visit, lines: [{ ...visit.lines[0], soldAt: '2026-03-02T10:00:00' }] },
      'edge.field-invalid',
      'lines[0].soldAt',
    ],
  ])('names the place of %s', async (_what, body, refused, field) => {
    const response = await settle(body);
    expect(response.status).toBe(400);
    expect(await problem(response)).toMatchObject({
      type: `urn:ten-city:problem:${refused}`,
      status: 400,
      refused,
      field,
    });
  });

  it.each(authorisationCases([...Object.values(tinyRoutes), ...commonRoutes('settlement')]))(
    '$title: $expected',
    async ({ request, role, expected }) => {
      const { method, path, body, headers } = request;
      const response = await call(path, role, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        headers: {
          ...headers,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
      });
      if (expected === 'forbidden') expect(response.status).toBe(403);
      else expect([401, 403, 500]).not.toContain(response.status);
    },
  );

  it('denies a foreign city before it says anything about the fields', async () => {
    const response = await settle({ careCity: FOREIGN_CITY, nonsense: true });
    expect(response.status).toBe(403);
    expect(await problem(response)).toMatchObject({
      refused: 'edge.city-not-allowed',
      field: 'careCity',
    });
  });

  it('sends the exact bytes of a prepared answer', async () => {
    const response = await call(`/v1/filings?insuredCity=${OWN_CITY}`, 'agency');
    expect(response.headers.get('x-exact')).toBe('yes');
    expect(await response.text()).toBe('{"filings":[]}');
  });

  it('reads the stream of a name with slashes', async () => {
    for (const path of ['year/360700/abc', 'year%2F360700%2Fabc']) {
      const response = await call(`/v1/journal/streams/${path}`, 'auditor');
      expect(await response.json()).toEqual({ facts: [], next: 'year/360700/abc' });
    }
  });

  it('hands an upload over as a stream', async () => {
    const response = await call('/v1/imports', 'agency', {
      method: 'POST',
      body: 'x'.repeat(3_000_000),
      headers: { 'content-type': 'application/x-ndjson' },
    });
    expect(await response.json()).toEqual({ bytes: 3_000_000, mediaType: 'application/x-ndjson' });
  });

  it.each([
    '/health/live',
    '/health/ready',
    '/metrics',
    '/openapi.json',
    '/docs',
    '/docs/swagger-ui.css',
  ])('serves %s without a token', async (path) => {
    const response = await fetch(tiny.service.url + path);
    expect(response.status).toBe(200);
  });
});
