import type { BodyOf, Caller, ParamsOf, QueryOf, RouteContract } from '@lib/contracts';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';

/** One admitted request, checked and typed by its contract. */
export interface Call<Contract extends RouteContract = RouteContract> {
  /** Who calls. On a public route: nobody, with the role `service` and no rights that any use case would need. */
  readonly caller: Caller;
  readonly body: BodyOf<Contract>;
  readonly query: QueryOf<Contract>;
  readonly params: ParamsOf<Contract>;
  /** The header's key; the empty text where the contract does not require one. */
  readonly idempotencyKey: string;
  readonly traceparent: string;
  /** The unread body of a contract with `stream`. */
  readonly stream: Readable;
  /** The media type of the body, without parameters. */
  readonly mediaType: string;
}

/** The state of a request while it passes the door. */
export interface DoorState {
  caller: Caller | undefined;
  idempotencyKey: string;
  traceparent: string;
  startedMs: number;
  receivedAt: number;
  call: Call | undefined;
}

export interface DoorRequest extends FastifyRequest {
  door: DoorState | null;
}

/** Gives a handler its `Call`: `settle(@TheCall() call: Call<typeof contract>)`. */
export const TheCall = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const call = context.switchToHttp().getRequest<DoorRequest>().door?.call;
  if (call === undefined) throw new Error('a handler ran without passing the door');
  return call;
});
