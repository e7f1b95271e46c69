import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Overload } from './overload';

/** The figures of one service, for Prometheus. Services add theirs to `registry`. */
export class Metrics {
  readonly registry = new Registry();
  private readonly duration: Histogram<'route' | 'status'>;

  constructor(service: string, overload: Overload) {
    this.registry.setDefaultLabels({ service });
    collectDefaultMetrics({ register: this.registry });
    this.duration = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the first byte of a request to the end of its answer',
      labelNames: ['route', 'status'],
      buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
      registers: [this.registry],
    });
    gauge(
      this.registry,
      'http_requests_in_flight',
      'Requests being served',
      () => overload.inFlight,
    );
    gauge(
      this.registry,
      'event_loop_delay_seconds',
      'Mean delay of the event loop over a quarter of a second',
      () => overload.loopDelayMs / 1000,
    );
  }

  /** Counts one answered request. */
  answered(route: string, status: number, milliseconds: number): void {
    this.duration.observe({ route, status }, milliseconds / 1000);
  }
}

/** A gauge whose value is asked for when it is read. */
export function gauge(registry: Registry, name: string, help: string, value: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(value());
    },
  });
}
