/** Something a person at the terminal must do; its message is one whole sentence that says what. */
export class StackFault extends Error {
  override readonly name = 'StackFault';
}

/** The text of anything thrown, for a sentence or a log line. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
