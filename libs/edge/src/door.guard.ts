import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import type { Caller } from '@lib/contracts';
import type { DoorRequest } from './call';
import { gateOfRequest, mediaTypeOf } from './door';
import type { Parts } from './gate';
import { RefusalError } from './problem';

const NOBODY: Caller = Object.freeze({ role: 'service', subject: '', cities: [] });
const EMPTY = Object.freeze({});

/** Checks fields and city of a request whose caller the door has let in, and types it for the handler. */
@Injectable()
export class DoorGuard implements CanActivate {
  /** Throws a RefusalError that names the first field at fault; a fault when the door was bypassed. */
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<DoorRequest>();
    const gate = gateOfRequest(request);
    const state = request.door;
    if (gate === undefined || state === null) throw new Error('a route without a gate was reached');
    if (!gate.isPublic && state.caller === undefined) throw new Error('the door was bypassed');
    const { body } = request;
    const streamed = gate.contract.stream !== undefined;
    const parts: Parts = {
      body: streamed ? undefined : body,
      query: request.query,
      params: request.params,
    };
    const refusal = gate.admit(state.caller, parts);
    if (refusal !== undefined) throw new RefusalError(refusal);
    state.call = {
      caller: state.caller ?? NOBODY,
      body: (parts.body ?? EMPTY) as never,
      query: parts.query as never,
      params: parts.params as never,
      idempotencyKey: state.idempotencyKey,
      traceparent: state.traceparent,
      stream: streamed && body instanceof Readable ? body : Readable.from([]),
      mediaType: streamed ? mediaTypeOf(request) : 'application/json',
    };
    return true;
  }
}
