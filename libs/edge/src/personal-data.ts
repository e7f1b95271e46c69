import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { canonicalJson } from './canonical';
import { ConfigError } from './config';

/** A keyed hash in hex, with the key that made it. */
export interface KeyedHash {
  readonly keyId: string;
  readonly hash: string;
}

const KEY_BYTES = 32;
const Key = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }), key: Type.String() });
const KeysFile = Type.Object({
  encryption: Key,
  // Keys of former times, for fields encrypted then.
  formerEncryption: Type.Optional(Type.Array(Key)),
  certificateHash: Key,
  // The newest first: it makes new hashes, all of them find old ones.
  personNoHash: Type.Record(
    Type.String({ pattern: '^\\d{4}00$' }),
    Type.Array(Key, { minItems: 1 }),
    { additionalProperties: false },
  ),
  inputHash: Key,
});

interface SecretKey {
  readonly id: string;
  readonly secret: KeyObject;
}

/** Text is encoded into one buffer again and again: handing the hash a string costs twice the hash itself. */
let scratch = Buffer.allocUnsafe(64 * 1024);

function hmac(key: SecretKey, text: string): string {
  const most = text.length * 3;
  if (most > scratch.length) scratch = Buffer.allocUnsafe(most);
  const bytes = scratch.subarray(0, scratch.write(text, 'utf8'));
  return createHmac('sha256', key.secret).update(bytes).digest('hex');
}

/** Hashes the person's number at the insured city, one key per city (architecture §5, People). */
export class PersonNoHasher {
  constructor(private readonly keys: ReadonlyMap<string, readonly SecretKey[]>) {}

  /** The hash by the city's newest key; undefined for a city that has none here. */
  hash(insuredCity: string, personNo: string): KeyedHash | undefined {
    const newest = this.keys.get(insuredCity)?.[0];
    return newest === undefined ? undefined : { keyId: newest.id, hash: hmac(newest, personNo) };
  }

  /** The hashes by all keys of the city, newest first: what may stand in a read model during a rotation. */
  candidates(insuredCity: string, personNo: string): readonly KeyedHash[] {
    const keys = this.keys.get(insuredCity) ?? [];
    return keys.map((key) => ({ keyId: key.id, hash: hmac(key, personNo) }));
  }
}

/** Encrypts fields at rest: AES-256-GCM, a fresh nonce each time, the key's id in the text and bound to it. */
export class FieldCipher {
  constructor(
    private readonly current: SecretKey,
    private readonly all: ReadonlyMap<string, SecretKey>,
  ) {}

  /** `v1.<key id>.<base64url of nonce, tag and ciphertext>`. `context` (a table and column, say) must be given again to decrypt. */
  encrypt(text: string, context = ''): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.current.secret, nonce);
    cipher.setAAD(Buffer.from(`${this.current.id}\n${context}`, 'utf8'));
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    const packed = Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url');
    return `v1.${Buffer.from(this.current.id, 'utf8').toString('base64url')}.${packed}`;
  }

  /** A key for another purpose, made from the current one (HKDF-SHA-256). */
  derivedKey(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.current.secret, '', purpose, KEY_BYTES));
  }

  /** The text again. Throws when the key is unknown, the context another, or a byte altered. */
  decrypt(encrypted: string, context = ''): string {
    const [version, encodedId = '', packed = ''] = encrypted.split('.');
    const id = Buffer.from(encodedId, 'base64url').toString('utf8');
    const key = this.all.get(id);
    if (version !== 'v1' || key === undefined)
      throw new Error('encrypted by a key that is not here');
    const bytes = Buffer.from(packed, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', key.secret, bytes.subarray(0, 12), {
      authTagLength: 16,
    });
    decipher.setAAD(Buffer.from(`${id}\n${context}`, 'utf8'));
    decipher.setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
  }
}

/** All that is done with personal data under a key. Keys never leave this class. */
export class PersonalDataKeys {
  constructor(
    readonly personNo: PersonNoHasher,
    readonly cipher: FieldCipher,
    private readonly certificateKey: SecretKey,
    private readonly inputKey: SecretKey,
  ) {}

  /** The hash by which a certificate is found again; it never leaves `enrolment-query`. */
  certificateHash(certificateType: string, certificateNo: string): KeyedHash {
    const hash = hmac(this.certificateKey, `${certificateType}\n${certificateNo}`);
    return { keyId: this.certificateKey.id, hash };
  }

  /** The keyed hash (hex) over a command's canonical form, without its key (architecture §11, Idempotency). */
  inputHash(command: unknown): string {
    return hmac(this.inputKey, canonicalJson(command));
  }

  /** The key (32 bytes) that parked messages of the inboxes are sealed with; made from the encryption key, so that there is one secret less. */
  parkingKey(): Buffer {
    return this.cipher.derivedKey('parked-messages');
  }
}

/** Reads the keys of PERSONAL_DATA_KEYS_FILE. Throws a ConfigError when the file is not what the stack writes. */
export function readPersonalDataKeys(file: string): PersonalDataKeys {
  const read = parse(file);
  if (!Value.Check(KeysFile, read)) {
    throw new ConfigError('PERSONAL_DATA_KEYS_FILE lacks a key, or one is not base64 of 32 bytes.');
  }
  const current = secretKey(read.encryption);
  const former = (read.formerEncryption ?? []).map(secretKey);
  const personNo = new Map(
    Object.entries(read.personNoHash).map(([city, keys]) => [city, keys.map(secretKey)]),
  );
  return new PersonalDataKeys(
    new PersonNoHasher(personNo),
    new FieldCipher(current, new Map([...former, current].map((key) => [key.id, key]))),
    secretKey(read.certificateHash),
    secretKey(read.inputHash),
  );
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // Without its cause: a parser quotes what it read.
    throw new ConfigError('PERSONAL_DATA_KEYS_FILE must name a readable JSON file.');
  }
}

function secretKey({ id, key }: { readonly id: string; readonly key: string }): SecretKey {
  const bytes = Buffer.from(key, 'base64');
  if (bytes.length !== KEY_BYTES) {
    throw new ConfigError('PERSONAL_DATA_KEYS_FILE holds a key that is not base64 of 32 bytes.');
  }
  return { id, secret: createSecretKey(bytes) };
}
