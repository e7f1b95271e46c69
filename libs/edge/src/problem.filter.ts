import type { Refusal } from '@domain/kernel';
import { isEnvironmentFault } from '@lib/journal';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { DoorRequest } from './call';
import { sendRefusal } from './door';
import type { Logs } from './logs';
import { RefusalError } from './problem';
import { traceIdOf } from './trace';

/** Refusals of the framework by status; what is not listed is a malformed request. */
const BY_STATUS: Readonly<Record<number, string>> = {
  404: 'edge.not-found',
  408: 'edge.timeout',
  413: 'edge.too-large',
  414: 'edge.uri-too-long',
  415: 'edge.media-type',
  429: 'edge.too-many-requests',
  431: 'edge.headers-too-large',
  503: 'edge.overloaded',
};

/**
 * The last resort of every request. Refusals and errors of the framework become problem documents; any other error is a fault
 * of ours: 500 with the trace id and not a word more, and the error described in the log; 503 where the database is away, because
 * then the same request is worth sending again.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logs: Logs) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent) return;
    const refused = refusalOf(error);
    if (refused !== undefined) {
      sendRefusal(reply, refused.refusal, refused.headers);
      return;
    }
    const traceparent = http.getRequest<DoorRequest>().door?.traceparent;
    const traceId = traceparent === undefined ? undefined : traceIdOf(traceparent);
    this.logs.error({ err: error, traceId }, 'a request failed');
    if (isEnvironmentFault(error)) {
      sendRefusal(reply, { refused: 'edge.unavailable' }, { 'retry-after': '1' });
      return;
    }
    sendRefusal(reply, { refused: 'edge.fault', ...(traceId === undefined ? {} : { traceId }) });
  }
}

function refusalOf(error: unknown): RefusalError | undefined {
  if (error instanceof RefusalError) return error;
  const cause = error instanceof HttpException ? error.cause : error;
  if (cause instanceof RefusalError) return cause;
  const status = error instanceof HttpException ? error.getStatus() : statusIn(error);
  if (status === undefined || (status >= 500 && status !== 503)) return undefined;
  const refusal: Refusal = { refused: BY_STATUS[status] ?? 'edge.malformed-request' };
  return new RefusalError(refusal, status === 503 ? { 'retry-after': '1' } : undefined);
}

/** The status of an error of Fastify itself. Codes of other libraries mean nothing here. */
function statusIn(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const code: unknown = Reflect.get(error, 'code');
  const status: unknown = Reflect.get(error, 'statusCode');
  const ofFastify = typeof code === 'string' && code.startsWith('FST_');
  return ofFastify && typeof status === 'number' ? status : undefined;
}
