import { Controller, Inject } from '@nestjs/common';
import type { CommonContracts } from '@lib/contracts';
import { RawAnswer } from '../answer';
import { Endpoint } from '../endpoint';
import { SERVICE_PARTS, type ServiceRuntime } from '../runtime';

/** Health, figures and contract: the pages that machines look at. */
export function healthController(contracts: CommonContracts) {
  @Controller()
  class HealthController {
    constructor(@Inject(SERVICE_PARTS) private readonly runtime: ServiceRuntime) {}

    @Endpoint(contracts.live)
    live() {
      return { status: 'up', checks: {} };
    }

    /** 503 while draining or while any check fails; a check that takes longer than two seconds has failed. */
    @Endpoint(contracts.ready)
    async ready(): Promise<RawAnswer> {
      const checks = await this.runtime.checks();
      const up = !this.runtime.draining && Object.values(checks).every((state) => state === 'up');
      const status = this.runtime.draining ? 'draining' : up ? 'up' : 'down';
      return new RawAnswer(
        up ? 200 : 503,
        JSON.stringify({ status, checks }),
        undefined,
        'application/json; charset=utf-8',
      );
    }

    @Endpoint(contracts.metrics)
    async metrics(): Promise<RawAnswer> {
      const { registry } = this.runtime.metrics;
      return new RawAnswer(200, await registry.metrics(), undefined, registry.contentType);
    }

    @Endpoint(contracts.openapi)
    openapi(): RawAnswer {
      return new RawAnswer(200, this.runtime.openapi);
    }
  }
  return HealthController;
}
