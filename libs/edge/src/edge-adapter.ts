import { isRefusal } from '@domain/kernel';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { RawAnswer, refuse } from './answer';

/** Nest's adapter, which also sends exact bytes (`RawAnswer`) and turns a returned refusal into its problem document. */
export class EdgeAdapter extends FastifyAdapter {
  override reply(...args: Parameters<FastifyAdapter['reply']>) {
    const [response] = args;
    const answer = answerOf(args[1]);
    if (answer === undefined || !isReply(response)) return super.reply(...args);
    void response.code(answer.status).header('content-type', answer.contentType);
    if (answer.headers !== undefined) void response.headers(answer.headers);
    return response.send(answer.json);
  }
}

function answerOf(body: unknown): RawAnswer | undefined {
  if (body instanceof RawAnswer) return body;
  // A count of refused rows is not a refusal.
  return isRefusal(body) && typeof body.refused === 'string' ? refuse(body) : undefined;
}

const isReply = (response: unknown): response is FastifyReply =>
  typeof response === 'object' && response !== null && 'code' in response && 'send' in response;
