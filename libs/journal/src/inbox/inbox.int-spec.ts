import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { type TestDatabase, createTestDatabase } from '@lib/testkit';
import {
  type FactHandler,
  type Inbox,
  type InboxOptions,
  type ReceivedFact,
  createInbox,
  createUnitOfWork,
  journalMigrations,
} from '@lib/journal';
import { RECORDED_AT } from '../../test/drafts';
import { incoming } from '../../test/messages';

const OPERATOR = { role: 'operator', subject: 'op-1' };

jest.setTimeout(60_000);

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase({ migrations: journalMigrations, name: 'inbox' });
  await rows(
    'create table handled (place serial, stream text, version int, unique (stream, version))',
  );
});
afterEach(() => database.drop());

const rows = <Row extends object>(sql: string): Promise<Row[]> => database.dataSource.query(sql);

/** Writes what it handles, and throws where the test says so. */
function inboxWith(
  judge: (fact: ReceivedFact) => unknown = () => undefined,
  options: Partial<InboxOptions> = {},
): Inbox {
  const handler: FactHandler = {
    name: 'coverage',
    topics: ['enrolment.facts'],
    handle: async (tx, facts) => {
      for (const fact of facts) {
        await tx.query({
          text: 'insert into handled (stream, version) values ($1, $2)',
          values: [fact.stream, fact.version],
        });
        await judge(fact);
      }
    },
  };
  return createInbox({
    work: createUnitOfWork(database.dataSource),
    dataSource: database.dataSource,
    handler,
    parkingKey: Buffer.alloc(32, 7),
    now: () => RECORDED_AT,
    limits: { backoffMs: 1 },
    ...options,
  });
}

/** What was handled, in order: `stream:version`. */
const handled = async () =>
  (
    await rows<{ stream: string; version: number }>(
      'select stream, version from handled order by place',
    )
  ).map(({ stream, version }) => `${stream}:${version}`);

const parked = async (inbox: Inbox) =>
  (await inbox.listParked()).map(
    ({ stream, version, kind }) => `${stream ?? '?'}:${version ?? '?'} ${kind}`,
  );

const attempts = () => rows('select * from inbox_attempt');

const poison = (stream: string, version: number) => (fact: ReceivedFact) => {
  if (fact.stream === stream && fact.version === version)
    throw new RangeError('class "9" of 张三 is unknown');
};

describe('the inbox', () => {
  it('hands facts over in order, parsed and as their text, and remembers how far streams are', async () => {
    const seen: ReceivedFact[] = [];
    const inbox = inboxWith((fact) => seen.push(fact));
    await inbox.receive([incoming('p1', 1, 0), incoming('p2', 1, 1), incoming('p1', 2, 2)]);
    expect(await handled()).toEqual(['p1:1', 'p2:1', 'p1:2']);
    expect(seen[0]).toEqual({
      producer: 'enrolment-query',
      stream: 'p1',
      version: 1,
      type: 'EnrolmentChanged.v1',
      recordedAt: '2026-03-02T10:15:00+08:00',
      text: '{"version":1,"name":"张三丰"}',
      payload: { version: 1, name: '张三丰' },
    });
    expect(await rows('select stream, version from inbox_stream order by 1')).toEqual([
      { stream: 'p1', version: 2 },
      { stream: 'p2', version: 1 },
    ]);
    expect(await attempts()).toEqual([]);
  });

  it('gives a repeat no second effect, in the same batch, later, and at another offset', async () => {
    const inbox = inboxWith();
    await inbox.receive([incoming('p1', 1, 0), incoming('p1', 1, 1), incoming('p1', 2, 2)]);
    await inbox.receive([incoming('p1', 1, 0), incoming('p1', 2, 2)]);
    await inboxWith().receive([incoming('p1', 2, 77, { partition: 3 })]);
    expect(await handled()).toEqual(['p1:1', 'p1:2']);
    expect(await parked(inbox)).toEqual([]);
  });

  it('handles a fact once when two replicas receive it at the same time', async () => {
    const messages = Array.from({ length: 20 }, (_, n) =>
      incoming(`p${n % 5}`, Math.floor(n / 5) + 1, n),
    );
    await Promise.all([inboxWith().receive(messages), inboxWith().receive(messages)]);
    expect(await handled()).toHaveLength(20);
    expect(await parked(inboxWith())).toEqual([]);
  });

  it('parks a poison fact alone, lets later facts of its stream wait, and handles all others', async () => {
    const inbox = inboxWith(poison('p3', 2));
    const messages = Array.from({ length: 40 }, (_, n) =>
      incoming(`p${n % 8}`, Math.floor(n / 8) + 1, n),
    );
    await inbox.receive(messages);
    const done = await handled();
    expect(done).toHaveLength(36);
    expect(done.filter((fact) => fact.startsWith('p3'))).toEqual(['p3:1']);
    expect(await parked(inbox)).toEqual([
      'p3:2 fault',
      'p3:3 waiting',
      'p3:4 waiting',
      'p3:5 waiting',
    ]);
    expect(await inbox.countParked()).toBe(4);
    const [culprit] = await inbox.listParked();
    expect(culprit).toMatchObject({
      attempts: 3,
      cause: 'RangeError: class "…" of 张三 is unknown',
      offset: '11',
    });
    expect(await attempts()).toEqual([]);
  });

  it('keeps no values of a database error and no readable body of what it parks', async () => {
    const inbox = inboxWith(async (fact) => {
      if (fact.stream === 'p1')
        await rows(`insert into handled (version) values (('${fact.text}')::int)`);
    });
    await inbox.receive([incoming('p1', 1, 0), incoming('p2', 1, 1)]);
    expect(await handled()).toEqual(['p2:1']);
    expect((await inbox.listParked())[0]?.cause).toBe('database error 22P02');
    const [stored] = await rows<{ everything: string; body: Buffer }>(
      'select parked_fact::text as everything, body from parked_fact',
    );
    expect(stored?.everything).not.toContain('张三');
    expect(stored?.body.toString('latin1')).not.toContain('EnrolmentChanged');
    expect(stored?.body.toString('utf8')).not.toContain('张三');
  });

  it.each([
    ['without a source', { headers: { ce_subject: 'p1', ce_sequence: '1' } }, '?:?'],
    ['with a body that is not JSON', { value: Buffer.from('{"name":') }, 'p1:1'],
    ['without a body', { value: null }, 'p1:1'],
  ])('parks a message %s at once and goes on', async (_, overrides, where) => {
    const inbox = inboxWith();
    await inbox.receive([
      incoming('p1', 1, 0, overrides),
      incoming('p1', 2, 1),
      incoming('p2', 1, 2),
    ]);
    expect(await handled()).toEqual(['p2:1']);
    expect((await parked(inbox))[0]).toBe(`${where} malformed`);
    await inbox.receive([incoming('p1', 1, 0, overrides)]);
    expect(await inbox.listParked()).toHaveLength(2);
  });

  it('survives names that the database could not store', async () => {
    const headers = { ...incoming('p1', 1, 0).headers, ce_subject: 'p\u00001' };
    const inbox = inboxWith();
    await inbox.receive([incoming('p1', 1, 0, { headers })]);
    expect(await parked(inbox)).toEqual(['?:? malformed']);
  });

  it('takes a new stream from version 1 on, and waits for it otherwise', async () => {
    const inbox = inboxWith();
    await inbox.receive([incoming('p1', 3, 0), incoming('p1', 2, 1)]);
    expect(await parked(inbox)).toEqual(['p1:3 gap', 'p1:2 gap']);
    await inbox.receive([incoming('p1', 1, 2)]);
    expect(await handled()).toEqual(['p1:1', 'p1:2', 'p1:3']);
    expect(await parked(inbox)).toEqual([]);
  });

  it('handles each fact once and in order, however facts are shuffled, repeated and cut into batches', async () => {
    const facts = [1, 2, 3, 4].flatMap((version) =>
      ['a', 'b', 'c'].map((stream) => ({ stream, version })),
    );
    const delivery = fc.tuple(
      fc.shuffledSubarray([...facts, ...facts], { minLength: facts.length * 2 }),
      fc.integer({ min: 1, max: 9 }),
    );
    await fc.assert(
      fc.asyncProperty(delivery, async ([sequence, size]) => {
        await rows('truncate handled, inbox_stream, parked_fact, inbox_attempt');
        const inbox = inboxWith();
        const messages = sequence.map(({ stream, version }, offset) =>
          incoming(stream, version, offset),
        );
        for (let from = 0; from < messages.length; from += size) {
          await inbox.receive(messages.slice(from, from + size));
        }
        const done = await handled();
        for (const stream of ['a', 'b', 'c']) {
          const own = done.filter((fact) => fact.startsWith(stream));
          expect(own).toEqual([1, 2, 3, 4].map((version) => `${stream}:${version}`));
        }
        expect(await parked(inbox)).toEqual([]);
      }),
      { numRuns: 12, seed: 20260302 },
    );
  });

  it('blames no message for a lost connection: the batch is thrown back, and handled when it comes again', async () => {
    let cut = true;
    const inbox = inboxWith(async () => {
      if (!cut) return;
      await rows(
        `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()
             and datname = current_database() and state = 'idle in transaction'`,
      );
    }, {});
    const messages = [incoming('p1', 1, 0), incoming('p2', 1, 1)];
    await expect(inbox.receive(messages)).rejects.toThrow();
    expect(await attempts()).toHaveLength(1);
    cut = false;
    await inbox.receive(messages);
    expect(await handled()).toEqual(['p1:1', 'p2:1']);
    expect(await parked(inbox)).toEqual([]);
    expect(await attempts()).toEqual([]);
  });
});

describe('a parked fact', () => {
  it('is handled by a retry, and what waited behind it follows in order', async () => {
    let broken = true;
    const inbox = inboxWith((fact) => {
      if (broken) poison('p1', 1)(fact);
    });
    await inbox.receive([incoming('p1', 1, 0), incoming('p1', 2, 1), incoming('p1', 3, 2)]);
    const [first, second] = await inbox.listParked();
    expect(await inbox.retryParked(first?.id ?? '')).toEqual({
      outcome: 'failed',
      cause: 'RangeError: class "…" of 张三 is unknown',
    });
    expect(await inbox.retryParked(second?.id ?? '')).toEqual({ outcome: 'waits' });
    expect(await handled()).toEqual([]);
    broken = false;
    expect(await inbox.retryParked(first?.id ?? '')).toEqual({ outcome: 'handled' });
    expect(await handled()).toEqual(['p1:1', 'p1:2', 'p1:3']);
    expect(await inbox.retryParked(first?.id ?? '')).toEqual({ outcome: 'unknown' });
    expect(await parked(inbox)).toEqual([]);
    expect(await inbox.listParked({ state: 'retried' })).toHaveLength(3);
  });

  it('dropped with a reason leaves a fact, and its stream goes on', async () => {
    const inbox = inboxWith(poison('p1', 1));
    await inbox.receive([incoming('p1', 1, 0), incoming('p1', 2, 1)]);
    const [first] = await inbox.listParked();
    expect(await inbox.dropParked(first?.id ?? '', '重复的旧数据', OPERATOR)).toEqual({
      outcome: 'dropped',
    });
    expect(await handled()).toEqual(['p1:2']);
    const [fact] = await rows<{ stream: string; type: string; payload: string }>(
      'select * from journal',
    );
    expect(fact).toMatchObject({ stream: 'parked/coverage', type: 'ParkedFactDropped.v1' });
    expect(JSON.parse(fact?.payload ?? '')).toMatchObject({
      command: { reason: '重复的旧数据' },
      inputs: { stream: 'p1', version: 1, offset: '0' },
    });
    await inbox.receive([incoming('p1', 1, 0), incoming('p1', 3, 2)]);
    expect(await handled()).toEqual(['p1:2', 'p1:3']);
    expect(await inbox.dropParked(first?.id ?? '', 'again', OPERATOR)).toEqual({
      outcome: 'unknown',
    });
  });

  it('dropped while it waits is passed over when its turn comes', async () => {
    const inbox = inboxWith();
    await inbox.receive([incoming('p1', 2, 0), incoming('p1', 3, 1)]);
    const [second] = await inbox.listParked();
    await inbox.dropParked(second?.id ?? '', 'wrong', OPERATOR);
    await inbox.receive([incoming('p1', 1, 2)]);
    expect(await handled()).toEqual(['p1:1', 'p1:3']);
  });

  it('behind a gap that nobody can fill goes on when the gap is given up, with a fact', async () => {
    const inbox = inboxWith();
    await inbox.receive([incoming('p1', 3, 0), incoming('p1', 4, 1), incoming('p1', 6, 2)]);
    const [third, fourth] = await inbox.listParked();
    expect(await inbox.skipMissing(fourth?.id ?? '', 'lost', OPERATOR)).toEqual({
      outcome: 'waits',
    });
    expect(await inbox.skipMissing(third?.id ?? '', 'lost', OPERATOR)).toEqual({
      outcome: 'skipped',
    });
    expect(await handled()).toEqual(['p1:3', 'p1:4']);
    expect(await parked(inbox)).toEqual(['p1:6 gap']);
    const [fact] = await rows<{ payload: string }>('select payload from journal');
    expect(JSON.parse(fact?.payload ?? '')).toMatchObject({
      result: { missing: { from: 1, until: 2 } },
    });
  });

  it('that waits and is poison itself is parked as such when its turn comes', async () => {
    const inbox = inboxWith(poison('p1', 2));
    await inbox.receive([incoming('p1', 2, 0), incoming('p1', 3, 1)]);
    await inbox.receive([incoming('p1', 1, 2)]);
    expect(await handled()).toEqual(['p1:1']);
    expect(await parked(inbox)).toEqual(['p1:2 fault', 'p1:3 gap']);
  });

  it('cannot be opened with another key', async () => {
    await inboxWith(poison('p1', 1)).receive([incoming('p1', 1, 0)]);
    const other = inboxWith(() => undefined, { parkingKey: Buffer.alloc(32, 8) });
    const [first] = await other.listParked();
    expect(await other.retryParked(first?.id ?? '')).toMatchObject({ outcome: 'failed' });
    expect(() => inboxWith(() => undefined, { parkingKey: Buffer.alloc(16) })).toThrow('32 bytes');
  });
});

describe('a fact that ends the process', () => {
  const test = join(__dirname, '../../test');
  const consume = (messages: string, killer: number) =>
    spawnSync(
      process.execPath,
      ['-r', join(test, 'typescript-hook.cjs'), join(test, 'inbox.child.ts')],
      {
        env: {
          ...process.env,
          DATABASE_URL: database.url,
          MESSAGES: messages,
          KILLER_VERSION: String(killer),
        },
        encoding: 'utf8',
        timeout: 30_000,
      },
    );

  it('is found and parked after the process was started again, and everything else is handled once', async () => {
    const messages = 'p1:1 p2:1 p2:2 p3:1 p2:3 p1:2';
    const ends: (number | null)[] = [];
    do ends.push(consume(messages, 2).status);
    while (ends.at(-1) === 9 && ends.length < 6);
    expect(ends).toEqual([9, 9, 9, 0]);
    expect(await handled()).toEqual(['p1:1', 'p2:1', 'p3:1', 'p1:2']);
    const inbox = inboxWith();
    expect(await parked(inbox)).toEqual(['p2:2 fault', 'p2:3 waiting']);
    expect((await inbox.listParked())[0]).toMatchObject({
      cause: 'the process ended while it handled this message',
      attempts: 2,
    });
    expect(await attempts()).toEqual([]);
  }, 60_000);

  it('is found as well when it waited behind a gap', async () => {
    const ends: (number | null)[] = [];
    do ends.push(consume('p2:2 p1:1 p2:1 p3:1', 2).status);
    while (ends.at(-1) === 9 && ends.length < 6);
    expect(ends).toEqual([9, 9, 0]);
    expect(await handled()).toEqual(['p1:1', 'p2:1', 'p3:1']);
    expect(await parked(inboxWith())).toEqual(['p2:2 fault']);
  }, 60_000);
});
