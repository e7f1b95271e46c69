import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type Caller, isRole } from '@lib/contracts';
import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { ConfigError } from './config';

export interface TokenSettings {
  /** A JWKS with the public keys of the issuer. */
  readonly jwksFile: string;
  readonly issuer: string;
  readonly audience: string;
}

interface Verified {
  readonly caller: Caller;
  readonly untilMs: number;
}

type KeySet = ReturnType<typeof createLocalJWKSet>;

const ALGORITHMS = ['EdDSA', 'Ed25519', 'ES256'];
const REQUIRED = ['exp', 'iss', 'aud', 'sub', 'role'];
const CLOCK_TOLERANCE_S = 5;
const MAX_CACHED = 10_000;
const MAX_TOKEN_LENGTH = 8_192;
const LOOK_AT_FILE_MS = 1_000;

/**
 * Turns bearer tokens into callers: signature by a key of the file with a fixed algorithm, `exp`, `iss`, `aud`, `sub` and `role`
 * required, real clock. A verified token is remembered by its hash until it expires; the file is read again when it changes,
 * and what was remembered is forgotten then.
 */
export class TokenVerifier {
  private readonly verified = new LRUCache<string, Verified>({ max: MAX_CACHED });
  private keys: KeySet;
  private seenMs = 0;
  private readonly timer: NodeJS.Timeout;

  /** Throws a ConfigError when the key file cannot be used. Call `close` in the end. */
  constructor(private readonly settings: TokenSettings) {
    this.keys = readKeys(settings.jwksFile);
    this.timer = setInterval(() => void this.refresh(), LOOK_AT_FILE_MS).unref();
  }

  close(): void {
    clearInterval(this.timer);
  }

  /** The caller, at once when the token is known, or undefined when the token is not to be believed. Never throws. */
  verify(token: string): Caller | undefined | Promise<Caller | undefined> {
    if (token.length > MAX_TOKEN_LENGTH) return undefined;
    const key = hash('sha256', token, 'base64');
    const known = this.verified.get(key);
    if (known === undefined) return this.verifyNew(token, key);
    if (known.untilMs > Date.now()) return known.caller;
    this.verified.delete(key);
    return undefined;
  }

  private async verifyNew(token: string, key: string): Promise<Caller | undefined> {
    const keys = this.keys;
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: ALGORITHMS,
        issuer: this.settings.issuer,
        audience: this.settings.audience,
        requiredClaims: REQUIRED,
        clockTolerance: CLOCK_TOLERANCE_S,
      });
      const caller = callerOf(payload);
      const untilMs = ((payload.exp ?? 0) + CLOCK_TOLERANCE_S) * 1000;
      // Keys may have been replaced while this one was checked.
      if (caller !== undefined && keys === this.keys) this.verified.set(key, { caller, untilMs });
      return caller;
    } catch {
      // Whatever is wrong with a token is the caller's: there is nothing to tell apart for us.
      return undefined;
    }
  }

  /** Looks whether the key file changed. A file that cannot be read leaves the keys as they are. */
  async refresh(): Promise<void> {
    try {
      const { mtimeMs } = await stat(this.settings.jwksFile);
      if (this.seenMs !== 0 && mtimeMs !== this.seenMs) {
        this.keys = readKeys(this.settings.jwksFile);
        this.verified.clear();
      }
      this.seenMs = mtimeMs;
    } catch {
      // A half-written file is looked at again in a second.
    }
  }
}

function readKeys(file: string): KeySet {
  try {
    const set: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (!isKeySet(set)) throw new TypeError('not a JWKS');
    return createLocalJWKSet(set);
  } catch (cause) {
    throw new ConfigError('AUTH_JWKS_FILE must name a file with a JSON Web Key Set.', { cause });
  }
}

const isKeySet = (value: unknown): value is JSONWebKeySet =>
  typeof value === 'object' && value !== null && 'keys' in value && Array.isArray(value.keys);

/** A caller from claims; undefined when role, cities or counties are not what they must be. */
function callerOf(claims: JWTPayload): Caller | undefined {
  const { role, sub, cities = [], counties, personKey } = claims;
  if (!isRole(role) || sub === undefined || sub === '' || !areTexts(cities)) return undefined;
  if (counties !== undefined && !areTexts(counties)) return undefined;
  if (personKey !== undefined && typeof personKey !== 'string') return undefined;
  return Object.freeze({
    role,
    subject: sub,
    cities,
    ...(counties === undefined ? {} : { counties }),
    ...(personKey === undefined ? {} : { personKey }),
  });
}

const areTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');
