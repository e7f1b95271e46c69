import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { readCities } from './cities';
import { isRecord, projectRoot, readJson } from './files';
import { mintStandardTokens, openSigner, standardClaims, type Signer } from './tokens';

describe('the tokens of the local stack', () => {
  const cities = readCities(join(projectRoot(), 'data'));
  let runDir: string;

  beforeEach(() => {
    runDir = mkdtempSync(join(tmpdir(), 'tokens-'));
  });
  afterEach(() => {
    rmSync(runDir, { recursive: true });
  });

  it('name every role and place, each with a second person', () => {
    const names = [...standardClaims(cities).keys()];
    const places = [
      ...cities.flatMap(({ code }) => [`partner:${code}`, `agency:${code}`, `enforcement:${code}`]),
      ...['province:36', 'province:43', 'finance:36', 'finance:43', 'operator'],
    ];
    expect(names).toEqual(expect.arrayContaining(places));
    expect(names).toEqual(expect.arrayContaining(places.map((name) => `${name}#2`)));
    expect(names).toEqual(expect.arrayContaining(['auditor', 'person:demo', 'service:settlement']));
  });

  it('speak for the place alone, a province for all its cities', () => {
    const claims = standardClaims(cities);
    expect(claims.get('agency:360400#2')).toEqual({
      sub: 'agency:360400#2',
      role: 'agency',
      cities: ['360400'],
    });
    expect(claims.get('finance:43')?.cities).toEqual([
      '430100',
      '430200',
      '430300',
      '430600',
      '431000',
    ]);
    expect(claims.get('auditor')?.cities).toHaveLength(10);
  });

  it('are accepted by the published key, also after a restart', async () => {
    const tokens = await mintStandardTokens(await openSigner(runDir), cities);
    const { payload } = await verified(await openSigner(runDir), tokens['partner:430100'] ?? '');
    expect(payload).toMatchObject({ role: 'partner', cities: ['430100'] });
    expect(payload.exp).toBeGreaterThan(Date.now() / 1000);
  });

  it('are refused once they have expired', async () => {
    const signer = await openSigner(runDir);
    const token = await signer.mintToken({ sub: 'x', role: 'operator', cities: [] }, '-1m');
    await expect(verified(signer, token)).rejects.toThrow(/exp/);
  });

  it('come from a key that only its owner can read and that is not published', async () => {
    const { jwksFile } = await openSigner(runDir);
    expect(statSync(join(runDir, 'signing-key.json')).mode & 0o777).toBe(0o600);
    expect(readFileSync(jwksFile, 'utf8')).not.toContain('"d"');
  });
});

function verified(signer: Signer, token: string) {
  const published = readJson(signer.jwksFile);
  if (!isKeySet(published)) throw new Error('the published keys are no key set');
  return jwtVerify(token, createLocalJWKSet(published), {
    issuer: 'local-stack',
    audience: 'ten-city-settlement',
  });
}

function isKeySet(value: unknown): value is JSONWebKeySet {
  return isRecord(value) && Array.isArray(value['keys']);
}
