import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { instant } from '@domain/kernel';
import { type TestDatabase, createTestDatabase } from '@lib/testkit';
import {
  type OutgoingMessage,
  type Relay,
  type RelayOptions,
  createRelay,
  createUnitOfWork,
  journalMigrations,
} from '@lib/journal';
import { RECORDED_AT, draft, until } from '../../test/drafts';

jest.setTimeout(60_000);

let database: TestDatabase;
let started: Relay[] = [];
beforeEach(async () => {
  started = [];
  database = await createTestDatabase({
    migrations: journalMigrations,
    name: 'relay',
    poolSize: 20,
  });
});
afterEach(async () => {
  await Promise.all(started.map((relay) => relay.stop()));
  await database.drop();
});

const rows = <Row extends object>(sql: string): Promise<Row[]> => database.dataSource.query(sql);
const work = () => createUnitOfWork(database.dataSource);

const note = (stream: string, payload: object = {}) =>
  work().run((tx) => Promise.resolve(tx.append(draft(stream, payload))));

function startRelay(
  publish: (messages: readonly OutgoingMessage[]) => Promise<void>,
  options: Partial<RelayOptions> = {},
): Relay {
  const relay = createRelay({
    dataSource: database.dataSource,
    service: 'settlement',
    publisher: { publish },
    route: (stream) =>
      stream.startsWith('private/') ? undefined : { topic: 'settlement.facts', key: stream },
    now: () => RECORDED_AT,
    standbyMs: 50,
    ...options,
  });
  started.push(relay);
  relay.start();
  return relay;
}

/** What was published, per stream, in order of arrival. */
function recorder() {
  const versions = new Map<string, number[]>();
  let messages = 0;
  return {
    versions,
    count: () => messages,
    publish: (sent: readonly OutgoingMessage[]) => {
      for (const { key, headers } of sent) {
        const seen = versions.get(key) ?? [];
        seen.push(Number(headers['ce_sequence']));
        versions.set(key, seen);
        messages += 1;
      }
      return Promise.resolve();
    },
  };
}

/** 1, 2, 3 … after repeats are taken out: the newest known version never comes after a later new one. */
function firstSeen(versions: readonly number[]): readonly number[] {
  return [...new Set(versions)];
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('the relay', () => {
  it('loses, repeats and reorders nothing while twelve writers commit across each other', async () => {
    const published = recorder();
    startRelay(published.publish, { piece: { rows: 40, bytes: 800_000 } });
    const perStream = new Map<string, number>();
    const writers = Array.from({ length: 12 }, async (_, writer) => {
      for (let round = 0; round < 25; round += 1) {
        const streams = [`s${(writer * 5 + round * 3) % 20}`, `s${(writer + round * 7) % 20}`];
        await work().run(async (tx) => {
          const heads = await tx.lock(streams);
          for (const stream of heads.keys()) tx.append(draft(stream, { writer, round }));
          // Facts get their positions early in some transactions and these commit late.
          if ((writer + round) % 4 === 0) {
            await tx.query({
              text: 'select nextval($1), pg_sleep(0.015)',
              values: ['journal_position'],
            });
          }
        });
        for (const stream of new Set(streams))
          perStream.set(stream, (perStream.get(stream) ?? 0) + 1);
      }
    });
    // Long transactions that took their id early hold older snapshots open all the while.
    const slow = work().run(async (tx) => {
      await tx.lock(['slow']);
      tx.append(draft('slow'));
      await tx.query({ text: 'select pg_sleep(0.6)' });
    });
    await Promise.all([...writers, slow]);
    perStream.set('slow', 1);
    const total = [...perStream.values()].reduce((sum, count) => sum + count, 0);
    await until(() => published.count() >= total, 'everything is published');
    expect(published.count()).toBe(total);
    for (const [stream, count] of perStream) {
      expect(published.versions.get(stream)).toEqual(upTo(count));
    }
  });

  it('publishes a fact whose transaction began before and ended after many windows', async () => {
    const published = recorder();
    startRelay(published.publish);
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    let begun = false;
    const late = work().run(async (tx) => {
      await tx.lock(['late']);
      begun = true;
      await finished;
      tx.append(draft('late'));
    });
    await until(() => begun, 'the late transaction has its id');
    for (const n of upTo(12)) {
      await note('early', { n });
      await until(
        () => (published.versions.get('early') ?? []).length === n,
        'an early fact is out',
      );
    }
    expect(published.versions.has('late')).toBe(false);
    finish();
    await late;
    await until(() => published.versions.has('late'), 'the late fact is out');
    expect(published.versions.get('early')).toEqual(upTo(12));
  });

  it.each([
    ['small enough to hold in memory', 18],
    ['too big to hold in memory', 95],
  ])(
    'killed in the middle of a window %s repeats one piece and loses nothing',
    async (_, facts) => {
      await work().run(async (tx) => {
        const streams = upTo(5).map((n) => `s${n}`);
        await tx.lock(streams);
        for (const n of upTo(facts)) tx.append(draft(`s${(n % 5) + 1}`, { n }));
      });
      const published = recorder();
      let pieces = 0;
      const piece = { rows: 10, bytes: 800_000 };
      startRelay(
        async (messages) => {
          await published.publish(messages);
          pieces += 1;
          // The broker has the piece, and the relay dies before it can store that.
          if (pieces === 2) await rows(TERMINATE_RELAYS);
        },
        { piece },
      );
      await until(() => published.count() >= facts + Math.min(10, facts - 10), 'the rest is out');
      const sent = [...published.versions.values()];
      expect(sent.map(firstSeen).flat()).toHaveLength(facts);
      for (const versions of sent)
        expect(firstSeen(versions)).toEqual(upTo(firstSeen(versions).length));
      expect(published.count() - facts).toBeLessThanOrEqual(piece.rows);
    },
  );

  it('asks a failing publisher again until it takes the facts, and says why it waits', async () => {
    const published = recorder();
    let failures = 3;
    const relay = startRelay((messages) => {
      failures -= 1;
      if (failures >= 0) return Promise.reject(new RangeError('no leader for "settlement.facts"'));
      return published.publish(messages);
    });
    await note('a');
    await until(async () => (await relay.status()).lastError !== undefined, 'the failure shows');
    expect(await relay.status()).toMatchObject({
      role: 'owner',
      lagFacts: 1,
      lastError: 'RangeError: no leader for "…"',
    });
    await until(async () => (await relay.status()).lagFacts === 0, 'the fact is out');
    const status = await relay.status();
    expect(status).toEqual({ role: 'owner', positionSent: 1n, lagFacts: 0, lagMs: 0 });
    expect(published.count()).toBe(1);
  });

  it('tells how many facts wait and how old the oldest is', async () => {
    for (const n of upTo(3)) await note('a', { n });
    const relay = createRelay({
      dataSource: database.dataSource,
      service: 'settlement',
      publisher: { publish: () => Promise.resolve() },
      route: () => undefined,
      now: () => instant(RECORDED_AT + 5_000),
    });
    expect(await relay.status()).toEqual({
      role: 'stopped',
      positionSent: 0n,
      lagFacts: 3,
      lagMs: 5_000,
    });
  });

  it('passes over streams without a route', async () => {
    const published = recorder();
    startRelay(published.publish);
    await note('private/access-log');
    await note('public');
    await until(() => published.count() === 1, 'the public fact is out');
    expect([...published.versions.keys()]).toEqual(['public']);
  });

  it('has one owner; a standby goes on where the owner stopped', async () => {
    const first = recorder();
    const second = recorder();
    const owner = startRelay(first.publish);
    await until(async () => (await owner.status()).role === 'owner', 'the first owns');
    const standby = startRelay(second.publish);
    await note('a');
    await until(() => first.count() === 1, 'the owner published');
    expect((await standby.status()).role).toBe('standby');
    await owner.stop();
    await note('a');
    await until(() => second.count() === 1, 'the standby published');
    expect([...first.versions, ...second.versions]).toEqual([
      ['a', [1]],
      ['a', [2]],
    ]);
  });

  it('makes partitions when business time reaches a new month', async () => {
    let now = RECORDED_AT;
    startRelay(() => Promise.resolve(), { now: () => now });
    const exists = async (part: string) =>
      (await rows<{ found: boolean }>(`select to_regclass('${part}') is not null as found`))[0]
        ?.found ?? false;
    await until(() => exists('journal_202606'), 'the months ahead of March exist');
    expect(await exists('journal_202609')).toBe(false);
    now = instant(RECORDED_AT + 92 * 86_400_000);
    await until(() => exists('journal_202609'), 'the months ahead of June exist');
  });

  it('refuses to publish from a database restored from a dump, whose transaction ids begin anew', async () => {
    await rows("insert into relay_state values ('settlement', '900000000:900000000:', null, 7)");
    const relay = startRelay(() => Promise.resolve());
    await until(async () => (await relay.status()).lastError !== undefined, 'the fault shows');
    expect((await relay.status()).lastError).toMatch(/^RelayAheadOfDatabase/);
  });
});

describe('a relay owner that is frozen', () => {
  let child: ChildProcess | undefined;
  afterEach(() => child?.kill('SIGKILL'));

  it('loses the lock, and what it says after it thaws is a repeat at most', async () => {
    const frozen: string[] = [];
    const test = join(__dirname, '../../test');
    child = spawn(
      process.execPath,
      ['-r', join(test, 'typescript-hook.cjs'), join(test, 'relay.child.ts')],
      {
        env: { ...process.env, DATABASE_URL: database.url },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    child.stdout?.on('data', (chunk: Buffer) =>
      frozen.push(...chunk.toString().trim().split('\n')),
    );
    await note('a');
    await until(() => frozen.length === 1, 'the child owns and publishes');
    child.kill('SIGSTOP');
    const published = recorder();
    const standby = startRelay(published.publish);
    await note('a');
    const sent = () => published.versions.get('a') ?? [];
    await until(() => sent().includes(2), 'the standby took over');
    child.kill('SIGCONT');
    await note('a');
    await until(() => sent().includes(3), 'the standby goes on');
    expect((await standby.status()).role).toBe('owner');
    // Frozen between the broker's acknowledgement and storing the position, the first fact is sent once more.
    expect(sent().filter((version) => version > 1)).toEqual([2, 3]);
    expect(sent().filter((version) => version === 1).length).toBeLessThanOrEqual(1);
    expect(frozen).toEqual(['settlement/a/1']);
  });
});

const TERMINATE_RELAYS =
  "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'relay settlement' and datname = current_database()";
