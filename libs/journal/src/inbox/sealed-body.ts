import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { IncomingMessage } from '../types';

const IV_BYTES = 12;
const TAG_BYTES = 16;
export const PARKING_KEY_BYTES = 32;

/** Encrypts key, headers and value with AES-256-GCM, bound to the message's place: initialisation vector, tag, text. */
export function sealBody(key: Buffer, consumer: string, message: IncomingMessage): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(placeOf(consumer, message));
  const body: SealedBody = {
    key: message.key ?? null,
    headers: message.headers,
    value: message.value === null ? null : message.value.toString('base64'),
  };
  const text = Buffer.concat([cipher.update(JSON.stringify(body), 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), text]);
}

/** The inverse of `sealBody`. Throws under another key, or when anything was altered. */
export function openBody(
  key: Buffer,
  consumer: string,
  place: MessagePlace,
  sealed: Buffer,
): IncomingMessage {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV_BYTES))
    .setAAD(placeOf(consumer, place))
    .setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  const text = Buffer.concat([
    decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)),
    decipher.final(),
  ]);
  // Written by `sealBody` and authenticated by the tag.
  const body = JSON.parse(text.toString('utf8')) as SealedBody;
  return {
    ...place,
    key: body.key ?? undefined,
    headers: body.headers,
    value: body.value === null ? null : Buffer.from(body.value, 'base64'),
  };
}

export type MessagePlace = Pick<IncomingMessage, 'topic' | 'partition' | 'offset' | 'timestampMs'>;

interface SealedBody {
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: string | null;
}

const placeOf = (consumer: string, { topic, partition, offset }: MessagePlace): Buffer =>
  Buffer.from([consumer, topic, String(partition), offset].join('\n'));
