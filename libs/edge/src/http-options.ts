import type { RouteContract } from '@lib/contracts';
import type { FastifyHttpOptions, FastifyReply } from 'fastify';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { PROBLEM_JSON } from './answer';
import { sendRefusal } from './door';
import { problemOf } from './problem';

export const DEFAULT_BODY_LIMIT = 1_048_576;
const MAX_HEADER_BYTES = 16_384;
const HEADERS_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 65_000;
const MAX_PARAM_LENGTH = 400;
/** How long an upload that is meant to be long may take. */
const STREAM_TIMEOUT_MS = 3_600_000;

/** Fastify's limits, which are off by default (facts §4): sizes, time-outs, and problem documents for what fails before routing. */
export function httpOptions(
  routes: readonly RouteContract[],
  bodyTimeoutMs: number,
): FastifyHttpOptions<Server> {
  const streams = routes.some((contract) => contract.stream !== undefined);
  return {
    logger: false,
    bodyLimit: DEFAULT_BODY_LIMIT,
    exposeHeadRoutes: false,
    // A body that drips is cut off by the door; this is the limit behind it, and the only one for uploads.
    requestTimeout: streams ? STREAM_TIMEOUT_MS : bodyTimeoutMs * 2,
    connectionTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    return503OnClosing: false,
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: 1_000,
    },
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH, ignoreTrailingSlash: false },
    frameworkErrors: (error, _request, reply: FastifyReply) => {
      const tooLong = error.code === 'FST_ERR_MAX_PARAM_LENGTH';
      sendRefusal(reply, { refused: tooLong ? 'edge.uri-too-long' : 'edge.malformed-request' });
    },
    clientErrorHandler: answerBrokenRequest,
  };
}

/** What is no HTTP, or too slow or too long for it, ends with a problem document and the connection. */
function answerBrokenRequest(error: Error, socket: Socket): void {
  const code: unknown = Reflect.get(error, 'code');
  if (code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const refused =
    code === 'HPE_HEADER_OVERFLOW'
      ? 'edge.headers-too-large'
      : code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? 'edge.timeout'
        : 'edge.malformed-request';
  const { status, json } = problemOf({ refused });
  socket.end(
    `HTTP/1.1 ${status} Refused\r\ncontent-type: ${PROBLEM_JSON}\r\nconnection: close\r\n` +
      `content-length: ${Buffer.byteLength(json)}\r\n\r\n${json}`,
  );
}
