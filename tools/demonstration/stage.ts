import type { Instant } from '@domain/kernel';

/** What the demonstration needs of a running stack. */
export interface Stage {
  readonly services: {
    readonly enrolmentQuery: string;
    readonly settlement: string;
    readonly crossCheck: string;
  };
  /** A ready token by its name in `stack.json`, such as `partner:430100`. */
  token(name: string): string;
  /** The moment by the stack's business clock. */
  now(): Instant;
  readonly screen: Screen;
  /** Where the running stack is described for others. */
  readonly stackFile: string;
}

/** Where the reader looks. */
export interface Screen {
  line(text: string): void;
  /** Shows lines in the place of those shown by the last call, where the terminal can do that. */
  board(lines: readonly string[]): void;
  /** Leaves the board as it stands; what follows comes below it. */
  settle(): void;
}

/** What fell short of its promise, in sentences; empty when nothing did. */
export class Shortfalls {
  readonly found: string[] = [];

  /** Notes a sentence unless the promise was kept, and tells whether it was. */
  expect(kept: boolean, otherwise: string): boolean {
    if (!kept) this.found.push(otherwise);
    return kept;
  }
}
