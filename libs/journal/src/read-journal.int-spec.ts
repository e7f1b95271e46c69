import { type TestDatabase, createTestDatabase } from '@lib/testkit';
import {
  type StoredFact,
  UnknownCursor,
  createUnitOfWork,
  ensurePartitions,
  journalMigrations,
  readJournal,
  readStream,
} from '@lib/journal';
import { RECORDED_AT, draft, until } from '../test/drafts';

jest.setTimeout(60_000);

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase({ migrations: journalMigrations, name: 'read' });
  await ensurePartitions(database.dataSource, RECORDED_AT);
});
afterEach(() => database.drop());

const work = () => createUnitOfWork(database.dataSource);
const note = (stream: string) => work().run((tx) => Promise.resolve(tx.append(draft(stream))));
const named = (facts: readonly StoredFact[]) =>
  facts.map(({ stream, version }) => `${stream}:${version}`);

describe('the journal read from outside', () => {
  it('comes page by page with a cursor that stays where nothing is new', async () => {
    for (const stream of ['a', 'b', 'a']) await note(stream);
    const first = await readJournal(database.dataSource, { limit: 2 });
    const second = await readJournal(database.dataSource, { after: first.cursor, limit: 2 });
    const third = await readJournal(database.dataSource, { after: second.cursor, limit: 2 });
    expect([first, second, third].map(({ facts }) => named(facts))).toEqual([
      ['a:1', 'b:1'],
      ['a:2'],
      [],
    ]);
    expect(third.cursor).toBe(second.cursor);
    const start = await readJournal(database.dataSource, { limit: 0 });
    expect(named(start.facts)).toEqual(['a:1']);
  });

  it('shows a fact only when no older transaction can still add one before it, and misses none', async () => {
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    let holding = false;
    const slow = work().run(async (tx) => {
      await tx.lock(['slow']);
      tx.append(draft('slow'));
      holding = true;
      await finished;
    });
    await until(() => holding, 'the slow transaction has its id');
    await note('quick');
    const early = await readJournal(database.dataSource, { limit: 10 });
    expect(named(early.facts)).toEqual([]);
    finish();
    await slow;
    const late = await readJournal(database.dataSource, { after: early.cursor, limit: 10 });
    expect(named(late.facts)).toEqual(['slow:1', 'quick:1']);
  });

  it.each(['', 'x', '1', '1.2.3', "1.2' or true"])(
    'does not know the cursor "%s"',
    async (after) => {
      await expect(readJournal(database.dataSource, { after, limit: 1 })).rejects.toThrow(
        UnknownCursor,
      );
    },
  );

  it('gives one stream in order, after a version', async () => {
    for (const stream of ['a', 'b', 'a', 'a']) await note(stream);
    expect(named(await readStream(database.dataSource, 'a', { limit: 10 }))).toEqual([
      'a:1',
      'a:2',
      'a:3',
    ]);
    expect(named(await readStream(database.dataSource, 'a', { after: 1, limit: 1 }))).toEqual([
      'a:2',
    ]);
    expect(await readStream(database.dataSource, 'c', { limit: 10 })).toEqual([]);
  });
});
