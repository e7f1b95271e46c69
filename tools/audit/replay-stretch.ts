import { auditJournal } from '@lib/journal';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { crossCheckAudit } from './cross-check-audit';
import type { Difference } from './difference';
import { enrolmentAudit } from './enrolment-audit';
import type { ServiceAudit, Tally } from './judge';
import { RangeDigests, type RangeResult } from './ranges';
import { settlementAudit } from './settlement-audit';

export const SERVICES = ['settlement', 'enrolment-query', 'cross-check'] as const;
export type Service = (typeof SERVICES)[number];

export const AUDITS: Readonly<Record<Service, ServiceAudit>> = {
  settlement: settlementAudit,
  'enrolment-query': enrolmentAudit,
  'cross-check': crossCheckAudit,
};

/** What is to be replayed: all, one stream, or a range of positions. */
export interface Chosen {
  readonly stream?: string;
  readonly from?: bigint;
  readonly to?: bigint;
}

/** A part of it, small enough for one thread. */
export interface Piece extends Chosen {
  readonly fromStream?: string;
  readonly beforeStream?: string;
}

export interface PieceResult {
  readonly ranges: readonly RangeResult[];
  readonly tally: Pick<Tally, 'decided' | 'chainOnly' | 'sums'>;
  readonly difference?: Difference;
}

export interface ReplaySource {
  readonly service: Service;
  readonly url: string;
  /** Of a transaction that stays open until all pieces are replayed. */
  readonly snapshot: string;
}

const APPLICATION = 'audit';

/** Replays pieces of one service's journal, one after the other, over two connections that see one snapshot. */
export class Replayer {
  private constructor(
    private readonly source: ReplaySource,
    private readonly dataSource: DataSource,
    private readonly client: Client,
  ) {}

  static async open(source: ReplaySource): Promise<Replayer> {
    const { url, snapshot } = source;
    const dataSource = new DataSource({
      type: 'postgres',
      url,
      poolSize: 1,
      applicationName: APPLICATION,
    });
    await dataSource.initialize();
    const client = new Client({ connectionString: url, application_name: APPLICATION });
    await client.connect();
    await client.query('begin isolation level repeatable read read only');
    await client.query(`set transaction snapshot '${snapshot}'`);
    await client.query('set local enable_hashjoin = off; set local enable_mergejoin = off');
    await client.query(
      'set local enable_seqscan = off; set local plan_cache_mode = force_generic_plan',
    );
    return new Replayer(source, dataSource, client);
  }

  async replay(piece: Piece): Promise<PieceResult> {
    const judge = await AUDITS[this.source.service].judge(this.client);
    const digests = new RangeDigests();
    let found: Difference | undefined;
    const { difference } = await auditJournal(this.dataSource, {
      ...piece,
      snapshot: this.source.snapshot,
      onStream: async (audited) => {
        found = await judge.stream(audited);
        digests.add(audited.stream, audited.facts);
        // Any answer ends the audit; ours says more than the journal's own form can.
        return found && { stream: audited.stream, what: found.what };
      },
    });
    const first = found ?? difference ?? (await judge.end());
    const { decided, chainOnly, sums } = judge.tally;
    const result = { ranges: digests.results(), tally: { decided, chainOnly, sums } };
    return first === undefined ? result : { ...result, difference: first };
  }

  async close(): Promise<void> {
    await this.client.end();
    await this.dataSource.destroy();
  }
}
