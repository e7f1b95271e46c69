import { join } from 'node:path';
import { readCities } from './cities';
import { openClock } from './clock';
import { createDatabases, urlFor } from './databases';
import { projectRoot, defaultRunDir, prepareRunDir, writePrivateFile } from './files';
import { personalDataKeysFile } from './keys';
import { perService, serviceDefinitions, urlOf } from './services';
import { StackFault, messageOf } from './stack-fault';
import { writeStackInfo } from './stack-info';
import { mintStandardTokens, openSigner } from './tokens';
import { createTopics, stackTopics } from './topics';

/**
 * Prepares servers that others run, as in docker-compose.yml: databases, topics, keys and tokens in RUN_DIR, and `stack.json`
 * without process numbers. Reads POSTGRES_URL (a superuser's), POSTGRES_PASSWORD_FOR_SERVICES and KAFKA_BROKERS. Safe to repeat.
 */
export async function prepare(): Promise<void> {
  const runDir = defaultRunDir();
  prepareRunDir(runDir);
  const [adminUrl, brokers] = [required('POSTGRES_URL'), required('KAFKA_BROKERS')];
  const password = required('POSTGRES_PASSWORD_FOR_SERVICES');
  const cities = readCities(join(projectRoot(), 'data'));
  const codes = cities.map(({ code }) => code);
  const databases = serviceDefinitions.map(({ database }) => ({ name: database, password }));
  await createDatabases(adminUrl, databases);
  await createTopics(brokers, stackTopics(codes));
  personalDataKeysFile(runDir, codes);
  openClock(runDir, undefined, Date.now());
  const tokens = await mintStandardTokens(await openSigner(runDir), cities);
  writePrivateFile(join(runDir, 'service-token'), tokens['service:settlement'] ?? '');
  writeStackInfo({
    services: perService(({ port }) => urlOf(port)),
    tokens,
    kafkaBrokers: brokers,
    databases: perService(({ database }) => urlFor(adminUrl, database)),
    pids: {},
    runDir,
  });
}

function required(variable: string): string {
  const value = process.env[variable];
  if (value === undefined || value === '') throw new StackFault(`${variable} must be set.`);
  return value;
}

if (require.main === module) {
  prepare().catch((cause: unknown) => {
    process.stderr.write(`  ✗ ${messageOf(cause)}\n`);
    process.exitCode = 1;
  });
}
