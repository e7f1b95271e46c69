import type { Role } from '@lib/contracts';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { writeFileSync } from 'node:fs';

type SigningKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

export interface TokenClaims {
  readonly role: Role;
  readonly subject?: string;
  readonly cities?: readonly string[];
  readonly counties?: readonly string[];
  readonly personKey?: string;
}

/** Issues tokens for tests with a key of its own. The local stack has an issuer of its own kind. */
export class TokenIssuer {
  private constructor(
    private readonly privateKey: SigningKey,
    /** The JWKS to hand to a verifier. */
    readonly jwks: { readonly keys: readonly object[] },
    readonly issuer: string,
    readonly audience: string,
  ) {}

  static async create(issuer = 'test-issuer', audience = 'ten-city'): Promise<TokenIssuer> {
    const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid: `${issuer}-1`, alg: 'EdDSA', use: 'sig' };
    return new TokenIssuer(privateKey, { keys: [jwk] }, issuer, audience);
  }

  writeJwks(file: string): void {
    writeFileSync(file, JSON.stringify(this.jwks), { mode: 0o600 });
  }

  /** A signed token; it expires after the given seconds, which may be negative, or never when undefined. */
  token(claims: TokenClaims, expiresInS: number | undefined = 3_600): Promise<string> {
    return this.sign(claims, expiresInS);
  }

  /** A token that never says when it ends. */
  tokenWithoutExpiry(claims: TokenClaims): Promise<string> {
    return this.sign(claims, undefined);
  }

  private sign(claims: TokenClaims, expiresInS: number | undefined): Promise<string> {
    const { subject, ...rest } = claims;
    const token = new SignJWT({ ...rest })
      .setProtectedHeader({ alg: 'EdDSA', kid: `${this.issuer}-1` })
      .setIssuer(this.issuer)
      .setAudience(this.audience)
      .setSubject(subject ?? `${claims.role}-1`)
      .setIssuedAt();
    if (expiresInS !== undefined) {
      token.setExpirationTime(Math.floor(Date.now() / 1000) + expiresInS);
    }
    return token.sign(this.privateKey);
  }
}
