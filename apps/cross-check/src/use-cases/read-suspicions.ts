import type { Refusal } from '@domain/kernel';
import type { SuspicionRaisedResult } from '@lib/contracts';
import type { Pool } from '@lib/journal';
import {
  findSuspicion,
  listSuspicions,
  type ReadSuspicion,
  type SuspicionState,
} from '../storage/suspicions';
import { placeTag } from './suspicion-facts';

export interface SuspicionQuery {
  readonly insuredCity?: string | undefined;
  readonly careCity?: string | undefined;
  readonly rule?: string | undefined;
  readonly state?: SuspicionState | undefined;
  readonly settlementNo?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

/** Who may see: everything, or what concerns one of these cities or provinces. */
export type Sight = 'everything' | { readonly places: readonly string[] };

const PAGE = 50;

/** Reading what the checks found. */
export class ReadSuspicions {
  constructor(private readonly reader: Pool) {}

  /** A page, newest first, of what the caller may see. */
  async list(query: SuspicionQuery, sight: Sight) {
    const before = query.cursor === undefined ? undefined : seqOf(query.cursor);
    if (before === null) return { refused: 'edge.cursor-invalid', field: 'cursor' } as const;
    const limit = query.limit ?? PAGE;
    const rows = await listSuspicions(this.reader, {
      tags: tagsOf(query),
      places: sight === 'everything' ? undefined : sight.places.map(placeTag),
      rule: query.rule,
      state: query.state,
      before,
      limit: limit + 1,
    });
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      suspicions: page.map((row) => summaryOf(row)),
      ...(rows.length > limit && last !== undefined ? { next: cursorOf(last.seq) } : {}),
    };
  }

  /** One suspicion with its evidence. To callers who are no party it does not exist. */
  async get(
    id: string,
    maySee: (result: SuspicionRaisedResult) => boolean,
  ): Promise<Refusal | (ReturnType<typeof summaryOf> & Pick<Evidence, 'evidence'>)> {
    const row = await findSuspicion(this.reader, id);
    const result = row === undefined ? undefined : resultOf(row);
    if (row === undefined || result === undefined || !maySee(result)) {
      return { refused: 'suspicion.not-found' };
    }
    return { ...summaryOf(row), evidence: result.involved };
  }
}

interface Evidence {
  readonly evidence: SuspicionRaisedResult['involved'];
}

const resultOf = (row: ReadSuspicion): SuspicionRaisedResult =>
  JSON.parse(row.suspicion) as SuspicionRaisedResult;

function tagsOf({ insuredCity, careCity, settlementNo }: SuspicionQuery): readonly string[] {
  return [
    ...(insuredCity === undefined ? [] : [`insured:${insuredCity}`]),
    ...(careCity === undefined ? [] : [`care:${careCity}`]),
    ...(settlementNo === undefined ? [] : [`settlement:${settlementNo}`]),
  ];
}

function summaryOf(row: ReadSuspicion) {
  const { involved, ...result } = resultOf(row);
  const distinct = (values: readonly string[]): string[] => [...new Set(values)];
  return {
    suspicionId: result.suspicionId,
    state: row.state,
    rule: result.rule,
    ruleVersion: result.ruleVersion,
    certainty: result.certainty,
    severity: result.severity,
    personKey: result.personKey,
    insuredCities: distinct(involved.map(({ insuredCity }) => insuredCity)),
    careCities: distinct(involved.map(({ careCity }) => careCity)),
    settlementNos: distinct(involved.flatMap(({ settlementNos }) => settlementNos)),
    observed: result.observed,
    limit: result.limit,
    amountFen: result.amountFen,
    text: result.text,
    raisedAt: row.raisedAt,
    ...(row.withdrawnReason === undefined ? {} : { withdrawnReason: row.withdrawnReason }),
  };
}

const cursorOf = (seq: string): string => Buffer.from(`s${seq}`, 'utf8').toString('base64url');

/** The sequence number of a cursor; null when it is none of ours. */
function seqOf(cursor: string): bigint | null {
  const match = /^s(\d{1,18})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8'));
  return match === null ? null : BigInt(match[1] ?? '0');
}
