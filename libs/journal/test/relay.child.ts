import { createRelay } from '@lib/journal';
import { DataSource } from 'typeorm';
import { RECORDED_AT } from './drafts';

/** A process that owns the relay and says so, for a test that freezes it. */
async function main(): Promise<void> {
  const dataSource = await new DataSource({
    type: 'postgres',
    url: process.env['DATABASE_URL'] ?? '',
  }).initialize();
  const relay = createRelay({
    dataSource,
    service: 'settlement',
    publisher: {
      publish: (messages) => {
        for (const { headers } of messages) process.stdout.write(`${headers['ce_id'] ?? ''}\n`);
        return Promise.resolve();
      },
    },
    route: (stream) => ({ topic: 'settlement.facts', key: stream }),
    now: () => RECORDED_AT,
    ownerTimeoutMs: 600,
    standbyMs: 100,
  });
  relay.start();
}

void main();
