import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { factContracts } from '@lib/contracts';
import { Value } from '@sinclair/typebox/value';

describe('every stored fact', () => {
  it.each(factContracts.map(({ type, schema }) => [type, schema] as const))(
    '%s has the form that its schema tells, and nothing beside it',
    (type, schema) => {
      const text = readFileSync(join(__dirname, 'facts', `${type}.json`), 'utf8');
      const payload = JSON.parse(text) as object;
      const faults = [...Value.Errors(schema, payload)].map(({ path, message }) => [path, message]);
      expect(faults).toEqual([]);
      expect(Value.Check(schema, { ...payload, personNo: '1' })).toBe(false);
    },
  );
});
