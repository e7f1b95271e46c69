import type { Metrics } from './metrics';

/** What the common pages show of a running service. */
export interface ServiceRuntime {
  readonly name: string;
  readonly version: string;
  readonly startedAt: string;
  readonly metrics: Metrics;
  /** The OpenAPI document as text. */
  readonly openapi: string;
  readonly draining: boolean;
  /** `up` or `down` by the name of the check. */
  readonly checks: () => Promise<Readonly<Record<string, string>>>;
}

export const SERVICE_PARTS = Symbol('service-parts');

/** Asks every check at once; one that throws or takes longer than the time is down. */
export async function runChecks(
  checks: Readonly<Record<string, Check>>,
  timeoutMs = 2_000,
): Promise<Readonly<Record<string, string>>> {
  const states = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      const up = await inTime(check, timeoutMs);
      return [name, up ? 'up' : 'down'] as const;
    }),
  );
  return Object.fromEntries(states);
}

export type Check = () => boolean | Promise<boolean>;

async function inTime(check: Check, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, false);
  });
  try {
    return await Promise.race([check(), late]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
