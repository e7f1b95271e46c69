import type { Refusal } from '@domain/kernel';
import type { Caller } from '@lib/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { PROBLEM_JSON } from './answer';
import type { DoorRequest, DoorState } from './call';
import type { Gate } from './gate';
import type { Metrics } from './metrics';
import type { Logs } from './logs';
import type { Overload } from './overload';
import { problemOf, RefusalError } from './problem';
import { tidy } from './tidy';
import type { TokenVerifier } from './tokens';
import { traceIdOf, traceparentOf } from './trace';

/** What the door needs besides the framework. */
export interface DoorParts {
  readonly tokens: TokenVerifier;
  readonly overload: Overload;
  readonly metrics: Metrics;
  readonly logs: Logs;
  readonly bodyTimeoutMs: number;
  /** True from the moment the service was told to stop. */
  readonly draining: () => boolean;
}

const SLOW_MS = 1_000;
const KEY_FORM = /^[\x21-\x7e]{1,128}$/;
const RETRY = { 'retry-after': '1' } as const;
const CHALLENGE = { 'www-authenticate': 'Bearer' } as const;
const WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/** The gate of the route that a request was routed to; undefined for documentation and unknown addresses. */
export function gateOfRequest(request: FastifyRequest): Gate | undefined {
  const config = request.routeOptions.config as { readonly gate?: Gate };
  return config.gate;
}

/**
 * Everything that is decided before a body is read: overload, credential, role, idempotency key, form of the body. Runs as a
 * hook of Fastify, because Nest's guards run when the body has been read. The guard checks that it ran.
 */
export function installDoor(instance: FastifyInstance, parts: DoorParts): () => void {
  const reading = new Set<DoorRequest>();
  instance.decorateRequest('door', null);
  instance.addHook('onRequest', (plain, reply, done) => {
    const request = plain as DoorRequest;
    parts.overload.inFlight++;
    const state = stateOf(request);
    request.door = state;
    const gate = gateOfRequest(request);
    if (gate === undefined) {
      done();
      return;
    }
    const early = earlyRefusal(request, gate, parts);
    if (early !== undefined) {
      sendRefusal(reply, early.refusal, early.headers);
      return;
    }
    const admitted = (caller: Caller | undefined): void => {
      const refused = callerRefusal(request, gate, caller);
      if (refused !== undefined) {
        sendRefusal(reply, refused.refusal, refused.headers);
        return;
      }
      state.caller = caller;
      if (gate.contract.stream === undefined && WITH_BODY.has(request.method)) reading.add(request);
      done();
    };
    if (gate.isPublic) admitted(undefined);
    else authenticate(request, parts.tokens, admitted);
  });
  // Whatever has been read completely is not watched any longer; the guard runs after this.
  instance.addHook('preHandler', (request, _reply, done) => {
    reading.delete(request as DoorRequest);
    done();
  });
  instance.addHook('onResponse', (plain, reply, done) => {
    const request = plain as DoorRequest;
    reading.delete(request);
    finish(request, reply, parts);
    if (parts.draining()) instance.server.closeIdleConnections();
    done();
  });
  installParsers(instance);
  const sweep = setInterval(
    () => {
      cutOffLate(reading, parts.bodyTimeoutMs);
    },
    Math.min(1_000, parts.bodyTimeoutMs),
  ).unref();
  return () => {
    clearInterval(sweep);
  };
}

function stateOf(request: DoorRequest): DoorState {
  return {
    caller: undefined,
    idempotencyKey: '',
    traceparent: traceparentOf(textHeader(request.headers.traceparent)),
    startedMs: performance.now(),
    receivedAt: Date.now(),
    call: undefined,
  };
}

const textHeader = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

function earlyRefusal(
  request: DoorRequest,
  gate: Gate,
  parts: DoorParts,
): RefusalError | undefined {
  if (!gate.alwaysServed && parts.overload.tooMuch) {
    return new RefusalError({ refused: 'edge.overloaded' }, RETRY);
  }
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    return new RefusalError({ refused: 'edge.compressed' });
  }
  return undefined;
}

function authenticate(
  request: DoorRequest,
  tokens: TokenVerifier,
  admitted: (caller: Caller | undefined) => void,
): void {
  const header = request.headers.authorization;
  if (header === undefined || !/^bearer /i.test(header)) {
    admitted(undefined);
    return;
  }
  const caller = tokens.verify(header.slice(7).trim());
  if (caller instanceof Promise) void caller.then(admitted);
  else admitted(caller);
}

function callerRefusal(
  request: DoorRequest,
  gate: Gate,
  caller: Caller | undefined,
): RefusalError | undefined {
  if (gate.isPublic) return undefined;
  if (caller === undefined) return new RefusalError({ refused: 'edge.unauthenticated' }, CHALLENGE);
  if (!gate.mayCall(caller.role)) return new RefusalError({ refused: 'edge.role-not-allowed' });
  const key = textHeader(request.headers['idempotency-key']);
  if (gate.contract.idempotency !== 'required') return undefined;
  if (key === undefined || key === '') {
    return new RefusalError({ refused: 'idempotency.key-missing', field: 'Idempotency-Key' });
  }
  if (!KEY_FORM.test(key)) {
    return new RefusalError({ refused: 'idempotency.key-invalid', field: 'Idempotency-Key' });
  }
  if (request.door !== null) request.door.idempotencyKey = key;
  return undefined;
}

/** Sends a refusal with its headers. */
export function sendRefusal(
  reply: FastifyReply,
  refusal: Refusal,
  headers?: Readonly<Record<string, string>>,
): void {
  const problem = problemOf(refusal);
  void reply.code(problem.status).headers({ ...headers, 'content-type': PROBLEM_JSON });
  void reply.send(problem.json);
}

function finish(request: DoorRequest, reply: FastifyReply, parts: DoorParts): void {
  const state = request.door;
  if (state === null) return;
  request.door = null;
  parts.overload.inFlight--;
  const milliseconds = performance.now() - state.startedMs;
  const route = gateOfRequest(request)?.contract.id ?? 'other';
  parts.metrics.answered(route, reply.statusCode, milliseconds);
  const level = reply.statusCode >= 500 ? 'error' : milliseconds > SLOW_MS ? 'warn' : 'debug';
  if (!parts.logs.isLevelEnabled(level)) return;
  parts.logs[level](
    {
      traceId: traceIdOf(state.traceparent),
      route,
      status: reply.statusCode,
      milliseconds: Math.round(milliseconds),
      role: state.caller?.role,
    },
    'request answered',
  );
}

/** JSON alone, as UTF-8, parsed safely and tidied; the streams of contracts that ask for one are handed over unread. */
function installParsers(instance: FastifyInstance): void {
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    (request, bytes: Buffer, done) => {
      const charset = /charset\s*=\s*"?([^;"\s]+)/i.exec(
        request.headers['content-type'] ?? '',
      )?.[1];
      if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
        done(new RefusalError({ refused: 'edge.media-type' }));
        return;
      }
      const parsed = parseJson(bytes);
      if (parsed.refusal !== undefined) done(new RefusalError(parsed.refusal));
      else done(null, parsed.value);
    },
  );
  instance.addContentTypeParser('*', (request: FastifyRequest, payload: IncomingMessage, done) => {
    const types = gateOfRequest(request)?.contract.stream?.mediaTypes ?? [];
    if (types.includes(mediaTypeOf(request))) done(null, payload);
    else done(new RefusalError({ refused: 'edge.media-type' }));
  });
}

/** The media type of a request without its parameters, in lower case. */
export const mediaTypeOf = (request: FastifyRequest): string =>
  (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';

/** JSON text as a tidy value, or why not. Kafka intake uses it too, so that both doors mean the same. */
export function parseJson(
  bytes: Buffer,
): { readonly value: unknown; readonly refusal?: undefined } | { readonly refusal: Refusal } {
  if (bytes.length === 0) return { value: undefined };
  if (!isUtf8(bytes)) return { refusal: { refused: 'edge.malformed-text' } };
  const text = bytes.toString('utf8');
  try {
    const value: unknown = JSON.parse(text);
    const refusal = tidy(value, text);
    return refusal === undefined ? { value } : { refusal };
  } catch {
    // The engine's message quotes the input: the answer says no more than that it is not JSON.
    return { refusal: { refused: 'edge.malformed-json' } };
  }
}

/** Ends requests whose body drips in: Node's own limit cannot tell them from an upload that is meant to be long. */
function cutOffLate(reading: Set<DoorRequest>, bodyTimeoutMs: number): void {
  const oldest = Date.now() - bodyTimeoutMs;
  for (const request of reading) {
    if ((request.door?.receivedAt ?? Infinity) > oldest) continue;
    reading.delete(request);
    const problem = problemOf({ refused: 'edge.timeout' });
    const { socket } = request.raw;
    socket.end(
      `HTTP/1.1 408 Request Timeout\r\ncontent-type: ${PROBLEM_JSON}\r\nconnection: close\r\n` +
        `content-length: ${Buffer.byteLength(problem.json)}\r\n\r\n${problem.json}`,
    );
    socket.destroySoon();
  }
}
