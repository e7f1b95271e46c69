import { join } from 'node:path';
import {
  SignJWT,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose';
import type { City } from './cities';
import { isRecord, readJson, writePrivateFile } from './files';

/** Who a token speaks for. The roles are those of the authorisation table. */
export interface TokenClaims {
  readonly sub: string;
  readonly role: string;
  readonly cities: readonly string[];
  readonly counties?: readonly string[];
  readonly personKey?: string;
}

/** Signs a token for the services of one stack, valid a year unless told otherwise (`'5m'`, `'-1h'`). */
export type MintToken = (claims: TokenClaims, lifetime?: string) => Promise<string>;

/** The issuer of one stack. */
export interface Signer {
  readonly mintToken: MintToken;
  readonly jwksFile: string;
}

export const tokenIssuer = 'local-stack';
export const tokenAudience = 'ten-city-settlement';
const algorithm = 'ES256';

/**
 * Opens the issuer of a folder: its signing key is made once and kept, readable by its owner alone, so that tokens stay valid
 * over restarts; its public half is written where the services read it.
 */
export async function openSigner(runDir: string): Promise<Signer> {
  const privateJwk = await signingKey(join(runDir, 'signing-key.json'));
  const { kty, crv, x, y, kid } = privateJwk;
  const jwksFile = join(runDir, 'jwks.json');
  const publicJwk = { kty, crv, x, y, kid, alg: algorithm, use: 'sig' };
  writePrivateFile(jwksFile, JSON.stringify({ keys: [publicJwk] }));
  const key = await importJWK(privateJwk, algorithm);
  const mintToken: MintToken = ({ sub, ...claims }, lifetime = '365d') =>
    new SignJWT({ ...claims })
      .setProtectedHeader({ alg: algorithm, ...(kid === undefined ? {} : { kid }) })
      .setSubject(sub)
      .setIssuer(tokenIssuer)
      .setAudience(tokenAudience)
      .setIssuedAt()
      .setExpirationTime(lifetime)
      .sign(key);
  return { mintToken, jwksFile };
}

/** The claims of every ready token of the local stack, by its name; `#2` is a second person with the same role and place. */
export function standardClaims(cities: readonly City[]): ReadonlyMap<string, TokenClaims> {
  const all = cities.map(({ code }) => code);
  const provinces = [...new Set(cities.map(({ province }) => province))];
  const claims = new Map<string, TokenClaims>();
  const add = (role: string, place: string | undefined, of: readonly string[]) => {
    const name = place === undefined ? role : `${role}:${place}`;
    claims.set(name, { sub: `${name}#1`, role, cities: of });
    claims.set(`${name}#2`, { sub: `${name}#2`, role, cities: of });
  };
  for (const { code } of cities) {
    for (const role of ['partner', 'agency', 'enforcement']) add(role, code, [code]);
  }
  for (const province of provinces) {
    const own = cities.filter((city) => city.province === province).map(({ code }) => code);
    for (const role of ['province', 'finance']) add(role, province, own);
  }
  for (const role of ['operator', 'auditor']) add(role, undefined, all);
  claims.set('person:demo', { sub: 'person:demo', role: 'person', cities: all });
  claims.set('service:settlement', { sub: 'service:settlement', role: 'service', cities: all });
  return claims;
}

/** All ready tokens, by name. */
export async function mintStandardTokens(
  signer: Signer,
  cities: readonly City[],
): Promise<Readonly<Record<string, string>>> {
  const named = [...standardClaims(cities)].map(
    async ([name, claims]) => [name, await signer.mintToken(claims)] as const,
  );
  return Object.fromEntries(await Promise.all(named));
}

async function signingKey(file: string): Promise<JWK> {
  const kept = readJson(file);
  if (isRecord(kept)) return kept;
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = await exportJWK(privateKey);
  const named = { ...jwk, kid: await calculateJwkThumbprint(jwk) };
  writePrivateFile(file, JSON.stringify(named));
  return named;
}
