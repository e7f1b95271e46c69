import type { Statement } from '@lib/journal';
import type { PoolClient } from 'pg';
import type { DataSource } from 'typeorm';

/** Reads outside a transaction, on any free connection. */
export interface Reader {
  query<Row extends object>(statement: Statement): Promise<Row[]>;
}

/** Reads over the raw driver connections of TypeORM's pool, where named statements stay prepared. */
export function readerOf(dataSource: DataSource): Reader {
  return {
    async query<Row extends object>({ name, text, values }: Statement): Promise<Row[]> {
      const runner = dataSource.createQueryRunner();
      try {
        const client = (await runner.connect()) as PoolClient;
        const { rows } = await client.query<Row>({
          ...(name === undefined ? {} : { name }),
          text,
          values: [...(values ?? [])],
        });
        return rows;
      } finally {
        await runner.release();
      }
    },
  };
}
