import type { Refusal } from '@domain/kernel';
import { readJournal, readStream, UnknownCursor } from '@lib/journal';
import { type FactPage, JournalReader, type Page } from './ports';

/** The database as `libs/journal` reads it: the edge itself knows no driver. */
type Database = Parameters<typeof readJournal>[0];

const VERSION = /^\d{1,15}$/;
const UNKNOWN: Refusal = { refused: 'edge.cursor-invalid', field: 'after' };

/** The journal of a service's database, as auditors read it through `GET /v1/journal`. */
export class DatabaseJournalReader extends JournalReader {
  constructor(private readonly database: Database) {
    super();
  }

  /** Facts by position. `next` is always there, so that a reader can come back for what is new. */
  async page({ after, limit }: Page): Promise<FactPage | Refusal> {
    try {
      const query = after === undefined ? { limit } : { after, limit };
      const { facts, cursor } = await readJournal(this.database, query);
      return { facts, next: cursor };
    } catch (error) {
      if (error instanceof UnknownCursor) return UNKNOWN;
      throw error;
    }
  }

  /** Facts of one stream; the cursor is the last version seen. */
  async stream(stream: string, { after, limit }: Page): Promise<FactPage | Refusal> {
    if (after !== undefined && !VERSION.test(after)) return UNKNOWN;
    const facts = await readStream(this.database, stream, { after: Number(after ?? 0), limit });
    const last = facts.at(-1);
    return facts.length === limit && last !== undefined
      ? { facts, next: String(last.version) }
      : { facts };
  }
}
