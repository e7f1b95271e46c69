import type { DataSource } from 'typeorm';
import { withClient } from './connection';
import type { Statement } from './types';

/** Reads outside a transaction, on any free connection. */
export interface Pool {
  query<Row extends object>(statement: Statement): Promise<Row[]>;
}

/** The driver's own connections of TypeORM's pool: named statements stay prepared, and the ORM stays out of the hot path. */
export function poolOf(dataSource: DataSource): Pool {
  return {
    query: <Row extends object>({ name, text, values = [] }: Statement) =>
      withClient(dataSource, async (client) => {
        const named = name === undefined ? {} : { name };
        return (await client.query<Row>({ ...named, text, values: [...values] })).rows;
      }),
  };
}
