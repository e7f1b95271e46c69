import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

export interface OverloadLimits {
  readonly maxInFlight: number;
  readonly maxLoopDelayMs: number;
}

const RESOLUTION_MS = 10;
const SAMPLE_MS = 250;
const NS_PER_MS = 1_000_000;

/** Says early that more than the service can do is asked of it: too many requests at once, or an event loop that lags. */
export class Overload {
  inFlight = 0;
  private readonly histogram: IntervalHistogram = monitorEventLoopDelay({
    resolution: RESOLUTION_MS,
  });
  private readonly timer: NodeJS.Timeout;
  private delayMs = 0;
  private sampledMs = 0;

  constructor(private readonly limits: OverloadLimits) {
    this.histogram.enable();
    this.timer = setInterval(() => {
      this.sample();
    }, SAMPLE_MS).unref();
  }

  /** Whether a new request, already counted, is to be sent away. */
  get tooMuch(): boolean {
    return this.inFlight > this.limits.maxInFlight || this.delayMs > this.limits.maxLoopDelayMs;
  }

  /** The mean delay over a quarter of a second, the better of the last two: one pause, such as the start, is no overload. */
  get loopDelayMs(): number {
    return this.delayMs;
  }

  close(): void {
    clearInterval(this.timer);
    this.histogram.disable();
  }

  private sample(): void {
    const { mean } = this.histogram;
    // Without a single sample in a quarter of a second there was nothing to delay, or nothing but delay; the next one tells.
    const sampledMs = Number.isFinite(mean) ? Math.max(0, mean / NS_PER_MS - RESOLUTION_MS) : 0;
    this.delayMs = Math.min(sampledMs, this.sampledMs);
    this.sampledMs = sampledMs;
    this.histogram.reset();
  }
}
