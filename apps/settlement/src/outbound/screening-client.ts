import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { ScreeningsAnswer, ScreeningsRequest } from '@lib/contracts';

export interface ScreeningClientOptions {
  readonly url: string;
  /** Read for each call: the token may be renewed while the service runs. */
  readonly token: () => string;
  /** How long settlement waits before it settles without screening. */
  readonly budgetMs: number;
  readonly now?: () => number;
}

const FAILURES_TO_OPEN = 5;
const PROBE_EVERY_MS = 1000;
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/**
 * The one synchronous call between services (architecture §2): a whole micro-batch is screened within a budget. No
 * answer in time never stops care. Five failures in a row open a breaker: calls are skipped at once, and one call a
 * second probes whether screening is back.
 */
export class ScreeningClient {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 16 });
  private readonly now: () => number;
  private failures = 0;
  private probeAt = 0;
  private readonly target: URL;

  constructor(private readonly options: ScreeningClientOptions) {
    this.target = new URL('/v1/screenings', options.url);
    this.now = options.now ?? (() => performance.now());
  }

  /** The answer in the order of the visits, or undefined when there was none in time: the visits settle as `skipped`. */
  async screen(question: ScreeningsRequest): Promise<ScreeningsAnswer | undefined> {
    if (this.failures >= FAILURES_TO_OPEN) {
      if (this.now() < this.probeAt) return undefined;
      this.probeAt = this.now() + PROBE_EVERY_MS;
    }
    try {
      const answer = await this.call(JSON.stringify(question));
      if (answer.visits.length !== question.visits.length) throw new Error('too few answers');
      this.failures = 0;
      return answer;
    } catch {
      // Why it failed is not settlement's to tell: skipped screenings are counted and made good by cross-check.
      this.failures += 1;
      if (this.failures === FAILURES_TO_OPEN) this.probeAt = this.now() + PROBE_EVERY_MS;
      return undefined;
    }
  }

  get isOpen(): boolean {
    return this.failures >= FAILURES_TO_OPEN;
  }

  close(): void {
    this.agent.destroy();
  }

  private call(body: string): Promise<ScreeningsAnswer> {
    return new Promise((resolve, reject) => {
      const call = request(
        this.target,
        {
          method: 'POST',
          agent: this.agent,
          headers: {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
            authorization: `Bearer ${this.options.token()}`,
          },
          signal: AbortSignal.timeout(this.options.budgetMs),
        },
        (response) => {
          const parts: Buffer[] = [];
          let size = 0;
          response.on('data', (part: Buffer) => {
            size += part.length;
            if (size > MAX_ANSWER_BYTES) call.destroy(new Error('the answer is too large'));
            else parts.push(part);
          });
          response.on('error', reject);
          response.on('end', () => {
            if (response.statusCode !== 200) {
              reject(new Error(`screening answered ${response.statusCode ?? 0}`));
              return;
            }
            try {
              resolve(JSON.parse(Buffer.concat(parts).toString('utf8')) as ScreeningsAnswer);
            } catch (error) {
              reject(error instanceof Error ? error : new Error('unreadable answer'));
            }
          });
        },
      );
      call.on('error', reject);
      call.end(body);
    });
  }
}
