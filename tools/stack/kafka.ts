import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot, writePrivateFile } from './files';
import { brokerSettings, javaOptions, logSettings } from './kafka-settings';
import type { Ground } from './ground';
import { Part } from './part';
import { StackFault, messageOf } from './stack-fault';
import { clusterAnswers } from './topics';

/** A running broker. */
export interface RunningKafka {
  readonly part: Part;
  readonly brokers: string;
}

/** Where the broker listens: for clients, and for its own controller. */
export interface KafkaPorts {
  readonly client: number;
  readonly controller: number;
}

const run = promisify(execFile);

/**
 * Starts the single Kafka broker of a folder in KRaft mode, formatting its log on the first start; plaintext, on loopback only.
 * Ready means that it answers a metadata request with itself as a live broker. Fails with one sentence when Java or the jars are
 * missing or the broker does not come up.
 */
export async function startKafka(ground: Ground, ports: KafkaPorts): Promise<RunningKafka> {
  const { runDir } = ground;
  const home = join(runDir, 'kafka');
  const classPath = join(kafkaLibrary(), '*');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const settings = join(home, 'server.properties');
  writeFileSync(settings, brokerSettings(ports, join(home, 'data')), { mode: 0o600 });
  const logging = join(home, 'log4j2.properties');
  writeFileSync(logging, logSettings, { mode: 0o600 });
  await format(home, classPath, settings);
  const brokers = `127.0.0.1:${String(ports.client)}`;
  const part = new Part(
    {
      name: 'kafka',
      runDir,
      command: java(),
      args: [
        ...javaOptions(),
        `-Dlog4j2.configurationFile=${logging}`,
        ...['-cp', classPath, 'kafka.Kafka', settings],
      ],
      cwd: home,
      env: process.env,
      stopSignals: ['SIGTERM'],
      killSignal: 'SIGKILL',
      graceMs: 10_000,
      readyWithinMs: 60_000,
      probe: () => clusterAnswers(brokers),
    },
    ground,
  );
  await ground.scope.start(part, 'ground');
  return { part, brokers };
}

/** The folder of the broker's jars, which the bootstrap fetches; named by the list of jars, so that it never changes in place. */
export function kafkaLibrary(): string {
  const list = readFileSync(join(projectRoot(), 'tools', 'kafka', 'pom.xml'));
  const name = createHash('sha256').update(list).digest('hex').slice(0, 12);
  const folder = join(projectRoot(), '.kafka', name);
  if (!existsSync(folder)) {
    throw new StackFault(
      "Kafka's jars are not here yet: run `npm start` or `npm test`, which fetch them, or set KAFKA_BROKERS to a broker of yours.",
    );
  }
  return folder;
}

function java(): string {
  const home = process.env['JAVA_HOME'];
  return home === undefined || home === '' ? 'java' : join(home, 'bin', 'java');
}

async function format(home: string, classPath: string, settings: string): Promise<void> {
  const done = join(home, 'formatted');
  if (existsSync(done)) return;
  // What an interrupted format left is not a log yet.
  rmSync(join(home, 'data'), { recursive: true, force: true });
  const clusterId = newClusterId();
  const tool = [
    'kafka.tools.StorageTool',
    'format',
    '--standalone',
    '-t',
    clusterId,
    '-c',
    settings,
  ];
  try {
    await run(java(), ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', classPath, ...tool]);
  } catch (cause) {
    throw new StackFault(`Kafka's log could not be formatted: ${messageOf(cause)}`);
  }
  writePrivateFile(done, clusterId);
}

/** One in 64 would begin with a dash, which the tool takes for an option. */
function newClusterId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? newClusterId() : id;
}
