import { Client } from 'pg';
import { checkDatabase, createDatabases, urlFor } from './databases';

const adminUrl = process.env['TEST_POSTGRES_URL'] ?? '';
const wanted = ['stack_databases_one', 'stack_databases_two'].map((name) => ({
  name,
  password: 'a-password',
}));

describe('the databases of the services', () => {
  const drop = async () => {
    for (const { name } of wanted) {
      await run(adminUrl, `drop database if exists ${name} with (force)`);
      await run(adminUrl, `drop role if exists ${name}`);
    }
  };
  beforeAll(async () => {
    await drop();
    await createDatabases(adminUrl, wanted);
    await createDatabases(adminUrl, wanted);
  });
  afterAll(drop);

  it('belong to a role each, which may make its tables there', async () => {
    const url = urlFor(adminUrl, 'stack_databases_one', 'a-password');
    await expect(run(url, 'create table t (n int); insert into t values (1)')).resolves.toBe(true);
  });

  it('are closed to the role of another service', async () => {
    const url = new URL(urlFor(adminUrl, 'stack_databases_one', 'a-password'));
    url.pathname = '/stack_databases_two';
    await expect(run(url.href, 'select 1')).rejects.toThrow(/permission denied for database/);
  });

  it('from outside that cannot be reached are named in one sentence, without the password', async () => {
    const url = 'postgres://somebody:secret@127.0.0.1:1/elsewhere';
    await expect(checkDatabase('SETTLEMENT_DATABASE_URL', url)).rejects.toThrow(
      /^The database that SETTLEMENT_DATABASE_URL names \(127\.0\.0\.1:1\/elsewhere\) cannot be reached: (?!.*secret).*\.$/,
    );
  });
});

async function run(connectionString: string, sql: string): Promise<boolean> {
  const client = new Client({ connectionString });
  try {
    await client.connect();
    await client.query(sql);
    return true;
  } finally {
    await client.end();
  }
}
