import { setTimeout as sleep } from 'node:timers/promises';

/** Waiting that can be ended from outside, for loops that must stop cleanly. */
export class Pause {
  private readonly controller = new AbortController();

  /** Resolves after the time, or at once when the pause is ended. */
  async for(milliseconds: number): Promise<void> {
    try {
      await sleep(milliseconds, undefined, { signal: this.controller.signal });
    } catch (error) {
      if (!this.over) throw error;
    }
  }

  /** Ends all waiting, now and later. */
  end(): void {
    this.controller.abort();
  }

  get over(): boolean {
    return this.controller.signal.aborted;
  }
}
