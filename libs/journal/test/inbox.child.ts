import { createInbox, createUnitOfWork } from '@lib/journal';
import { DataSource } from 'typeorm';
import { RECORDED_AT } from './drafts';
import { incoming } from './messages';

const KILLER = Number(process.env['KILLER_VERSION']);

/** A consumer whose process ends when it handles one certain fact, for a test that starts it again and again. */
async function main(): Promise<void> {
  const dataSource = await new DataSource({
    type: 'postgres',
    url: process.env['DATABASE_URL'] ?? '',
  }).initialize();
  const inbox = createInbox({
    work: createUnitOfWork(dataSource),
    dataSource,
    parkingKey: Buffer.alloc(32, 7),
    now: () => RECORDED_AT,
    handler: {
      name: 'coverage',
      topics: ['enrolment.facts'],
      handle: async (tx, facts) => {
        for (const { stream, version } of facts) {
          await tx.query({
            text: 'insert into handled (stream, version) values ($1, $2)',
            values: [stream, version],
          });
          if (stream === 'p2' && version === KILLER) process.exit(9);
        }
      },
    },
  });
  const versions: string[] = (process.env['MESSAGES'] ?? '').split(' ');
  await inbox.receive(
    versions.map((message, offset) => {
      const [stream = '', version = ''] = message.split(':');
      return incoming(stream, Number(version), offset);
    }),
  );
  await dataSource.destroy();
}

void main();
