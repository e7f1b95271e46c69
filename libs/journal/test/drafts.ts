import { type Instant, instant, parseInstant } from '@domain/kernel';
import type { CommandKey, FactDraft } from '@lib/journal';

/** The moment at which the facts of these tests are recorded. */
export const RECORDED_AT: Instant = parseInstant('2026-03-02T10:15:00.250+08:00') ?? instant(0);

export const draft = (stream: string, payload: object = {}, command?: CommandKey): FactDraft => ({
  stream,
  type: 'Noted.v1',
  payload: JSON.stringify(payload),
  actor: { role: 'partner', subject: 'hub-430100', city: '430100' },
  recordedAt: RECORDED_AT,
  ...(command === undefined ? {} : { command }),
});

/** Waits until the condition holds; a test that waits in vain fails by its message. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
): Promise<void> {
  const end = performance.now() + 30_000;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
