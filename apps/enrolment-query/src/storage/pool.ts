import type { Statement } from '@lib/journal';
import type { PoolClient } from 'pg';
import type { DataSource } from 'typeorm';

/** Reads outside a transaction, on any free connection. */
export interface Pool {
  query<Row extends object>(statement: Statement): Promise<Row[]>;
}

/** The driver's own connections of TypeORM's pool: named statements stay prepared. */
export function poolOf(dataSource: DataSource): Pool {
  return {
    async query<Row extends object>({ name, text, values = [] }: Statement): Promise<Row[]> {
      const runner = dataSource.createQueryRunner();
      try {
        const client = (await runner.connect()) as PoolClient;
        const named = name === undefined ? {} : { name };
        const { rows } = await client.query<Row>({ ...named, text, values: [...values] });
        return rows;
      } finally {
        await runner.release();
      }
    },
  };
}
