/** A line of an upload: its number from 1, and its bytes, or that it is longer than any line may be. */
export interface UploadedLine {
  readonly line: number;
  readonly bytes: Buffer | undefined;
}

const NEWLINE = 0x0a;
/** The longest line, in bytes. */
export const MAX_LINE_BYTES = 65_536;

/**
 * The lines of a stream as they arrive, in memory bounded by the longest line: of a longer one only the number is given, its bytes
 * are let go. The last line needs no newline. Empty lines are left out and counted.
 */
export async function* linesOf(stream: AsyncIterable<unknown>): AsyncGenerator<UploadedLine> {
  const parts = new LineParts();
  for await (const chunk of stream) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk), 'utf8');
    let from = 0;
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, from)) {
      parts.add(bytes.subarray(from, at));
      from = at + 1;
      const line = parts.end();
      if (line !== undefined) yield line;
    }
    parts.add(bytes.subarray(from));
  }
  const last = parts.end();
  if (last !== undefined) yield last;
}

/** The line under way. */
class LineParts {
  private parts: Buffer[] = [];
  private length = 0;
  private line = 1;

  add(bytes: Buffer): void {
    this.length += bytes.length;
    if (this.length > MAX_LINE_BYTES) this.parts = [];
    else if (bytes.length > 0) this.parts.push(bytes);
  }

  /** The line, and a new one begins; undefined for one without content. */
  end(): UploadedLine | undefined {
    const tooLong = this.length > MAX_LINE_BYTES;
    const bytes = tooLong ? undefined : Buffer.concat(this.parts);
    const { line } = this;
    this.parts = [];
    this.length = 0;
    this.line += 1;
    return bytes !== undefined && isBlank(bytes) ? undefined : { line, bytes };
  }
}

const isBlank = (bytes: Buffer): boolean =>
  bytes.length < 8 && bytes.toString('latin1').trim() === '';
