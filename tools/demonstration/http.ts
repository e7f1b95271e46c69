import { setTimeout as wait } from 'node:timers/promises';

/** What a service answered. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface Call {
  readonly token: string;
  readonly method?: 'GET' | 'POST';
  readonly json?: unknown;
  readonly ndjson?: string;
  /** The same key for the same command, however often it is sent. */
  readonly idempotencyKey?: string;
}

const PATIENCE_MS = 60_000;
const ATTEMPTS = 6;

/** Calls a service; comes back, as often as it takes within reason, when the service is busy. Throws when it does not answer. */
export async function call(url: string, wish: Call): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(url, requestOf(wish));
    const text = await response.text();
    const busy = response.status === 429 || response.status === 503;
    if (!busy || attempt === ATTEMPTS) return { status: response.status, body: parsed(text) };
    const seconds = Number(response.headers.get('retry-after') ?? '1');
    await wait(Math.min(5_000, 1_000 * (Number.isFinite(seconds) ? seconds : 1)));
  }
}

function requestOf({ token, method, json, ndjson, idempotencyKey }: Call): RequestInit {
  const body = ndjson ?? (json === undefined ? undefined : JSON.stringify(json));
  return {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined
        ? {}
        : { 'content-type': ndjson === undefined ? 'application/json' : 'application/x-ndjson' }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    },
    ...(body === undefined ? {} : { body }),
    signal: AbortSignal.timeout(PATIENCE_MS),
  };
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return text;
  }
}

/** A field of an answer, or undefined where there is none. */
export function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}

/** A text in an answer; empty where there is none. */
export function textOf(value: unknown, name: string): string {
  const found = field(value, name);
  return typeof found === 'string' ? found : '';
}

/** An integer in an answer; 0 where there is none. */
export function numberOf(value: unknown, name: string): number {
  const found = field(value, name);
  return typeof found === 'number' ? found : 0;
}

/** A list in an answer; empty where there is none. */
export function listOf(value: unknown, name: string): readonly unknown[] {
  const found = field(value, name);
  return Array.isArray(found) ? (found as readonly unknown[]) : [];
}

/** Asks again until the answer is there or the time is up; undefined then. */
export async function until<T>(
  seconds: number,
  ask: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const end = performance.now() + seconds * 1_000;
  for (let pause = 100; ; pause = Math.min(1_000, pause * 1.5)) {
    const found = await ask();
    if (found !== undefined || performance.now() > end) return found;
    await wait(pause);
  }
}

/** What to say of an answer that was not expected: its status and code, nothing of a person. */
export const told = ({ status, body }: Answer): string =>
  `HTTP ${status} ${textOf(body, 'refused') || textOf(body, 'title')}`.trim();
