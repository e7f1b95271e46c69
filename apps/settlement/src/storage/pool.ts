import type { Statement } from '@lib/journal';
import type { Client } from 'pg';
import type { DataSource } from 'typeorm';

/** Reads outside a transaction, on any free connection. */
export interface Pool {
  query<Row extends object>(statement: Statement): Promise<Row[]>;
}

/** The raw client of TypeORM's own pool: named statements stay prepared, and the ORM's overhead stays out of the hot path. */
export function poolOf(dataSource: DataSource): Pool {
  return {
    async query<Row extends object>(statement: Statement): Promise<Row[]> {
      const runner = dataSource.createQueryRunner();
      try {
        const client = (await runner.connect()) as Client;
        const { rows } = await client.query<Row>({
          ...statement,
          values: [...(statement.values ?? [])],
        });
        return rows;
      } finally {
        await runner.release();
      }
    },
  };
}
