import { formatInstant, isRefusal, parseInstant, type Refusal } from '@domain/kernel';
import { actorOf, type CommonContracts } from '@lib/contracts';
import { Controller, Inject } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { type Call, TheCall } from '../call';
import { Clock } from '../clock';
import { Endpoint } from '../endpoint';
import { SERVICE_PARTS, type ServiceRuntime } from '../runtime';
import { ParkedAdmin, StatusSource } from './ports';

const PAGE = 100;

/** What operators do with every service: look at it, move parked messages, move the clock of a stack whose clock may move. */
export function adminController(contracts: CommonContracts) {
  type Contracts = CommonContracts;

  @Controller()
  class AdminController {
    constructor(
      // The service binds these two in a module of its own.
      private readonly modules: ModuleRef,
      private readonly clock: Clock,
      @Inject(SERVICE_PARTS) private readonly runtime: ServiceRuntime,
    ) {}

    @Endpoint(contracts.status)
    async status() {
      const source = this.modules.get(StatusSource, { strict: false });
      const { name, version, startedAt } = this.runtime;
      const now = formatInstant(this.clock.now());
      return {
        service: name,
        version,
        node: process.version,
        startedAt,
        now,
        ...(await source.status()),
      };
    }

    @Endpoint(contracts.parked)
    parked(@TheCall() call: Call<Contracts['parked']>) {
      const { after, limit = PAGE } = call.query;
      return this.inbox().list({ after, limit });
    }

    @Endpoint(contracts.retryParked)
    retry(@TheCall() call: Call<Contracts['retryParked']>) {
      const { reason, skipMissing = false } = call.body;
      if (skipMissing && reason === undefined) {
        return { refused: 'edge.field-missing', field: 'reason' } satisfies Refusal;
      }
      return this.inbox().retry(call.params.id, actorOf(call.caller), { reason, skipMissing });
    }

    @Endpoint(contracts.dropParked)
    drop(@TheCall() call: Call<Contracts['dropParked']>) {
      return this.inbox().drop(call.params.id, actorOf(call.caller), call.body.reason);
    }

    @Endpoint(contracts.clock)
    moveClock(@TheCall() call: Call<Contracts['clock']>): Refusal | { readonly now: string } {
      const at = parseInstant(call.body.now);
      if (at === undefined) return { refused: 'edge.field-invalid', field: 'now' };
      const now = this.clock.advanceTo(at);
      return isRefusal(now) ? now : { now: formatInstant(now) };
    }

    private inbox(): ParkedAdmin {
      return this.modules.get(ParkedAdmin, { strict: false });
    }
  }
  return AdminController;
}
