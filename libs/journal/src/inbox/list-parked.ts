import type { DataSource } from 'typeorm';
import { PARKED_COLUMNS, type ParkedFact, type ParkedRow, parkedOf } from './parked';

export interface ParkedQuery {
  readonly state?: ParkedFact['state'];
  /** The id after which to go on. */
  readonly after?: string;
  readonly limit?: number;
}

/** Parked messages of a consumer by id, those that are still parked unless asked otherwise. */
export async function listParked(
  dataSource: DataSource,
  consumer: string,
  query: ParkedQuery,
): Promise<readonly ParkedFact[]> {
  const rows: ParkedRow[] = await dataSource.query(
    `select ${PARKED_COLUMNS} from parked_fact where consumer = $1 and state = $2 and id > $3 order by id limit $4`,
    [consumer, query.state ?? 'parked', query.after ?? '0', query.limit ?? 100],
  );
  return rows.map(parkedOf);
}

/** How many messages of a consumer are parked now. */
export async function countParked(dataSource: DataSource, consumer: string): Promise<number> {
  const rows: { parked: number }[] = await dataSource.query(
    `select count(*)::int as parked from parked_fact where consumer = $1 and state = 'parked'`,
    [consumer],
  );
  return rows[0]?.parked ?? 0;
}
