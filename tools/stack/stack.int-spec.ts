import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRecord, readJson } from './files';
import { removeRunDir } from './postgres-files';
import { identityOf } from './processes';
import { serviceDefinitions } from './services';
import { startStack } from './stack';
import type { RunningStack } from './running-stack';
import { stackFile } from './stack-info';

/** Stands in for a service: answers the health question and tells its environment. */
const standIn = `
const server = require('node:http').createServer((request, response) => {
  response.statusCode = request.url === '/health/ready' || request.url === '/environment' ? 200 : 404;
  response.end(JSON.stringify(process.env));
});
server.listen(Number(process.env.PORT), process.env.HOST);
process.on('SIGTERM', () => process.exit(0));
`;

describe('a whole stack', () => {
  let folder: string;
  let stack: RunningStack;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'stack-'));
    for (const { name } of serviceDefinitions) {
      const place = join(folder, 'build', 'apps', name, 'src');
      mkdirSync(place, { recursive: true });
      writeFileSync(join(place, 'main.js'), standIn);
    }
    stack = await startStack(wishFor('one'));
  }, 60_000);
  afterAll(async () => {
    await stack.stop();
    removeRunDir(join(folder, 'one'));
    rmSync(folder, { recursive: true, force: true });
  });

  const wishFor = (name: string) => ({
    runDir: join(folder, name),
    ports: 0 as const,
    demonstrate: false,
    buildDir: join(folder, 'build'),
    postgresUrl: required('TEST_POSTGRES_URL'),
    kafkaBrokers: required('TEST_KAFKA_BROKERS'),
  });

  it('says that it is ready by a file that only its owner can read', () => {
    const file = stackFile(stack.runDir);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readJson(file)).toEqual(stack.info);
    expect(Object.keys(stack.info.pids).sort()).toEqual([
      'crossCheck',
      'enrolmentQuery',
      'settlement',
      'stack',
    ]);
  });

  it('tells every service where it is and what it stands on', async () => {
    const response = await fetch(`${stack.info.services.settlement}/environment`);
    const environment: unknown = await response.json();
    expect(environment).toMatchObject({
      HOST: '127.0.0.1',
      CROSS_CHECK_URL: stack.info.services.crossCheck,
      AUTH_ISSUER: 'local-stack',
      AUTH_AUDIENCE: 'ten-city-settlement',
      KAFKA_BROKERS: required('TEST_KAFKA_BROKERS'),
    });
    expect(isRecord(environment) && environment['CLOCK_FILE']).toBeUndefined();
  });

  it('starts a killed service again and tells its new number', async () => {
    const before = stack.info.pids['settlement'] ?? 0;
    process.kill(before, 'SIGKILL');
    const end = Date.now() + 10_000;
    while (stack.info.pids['settlement'] === before || !(await answers(stack))) {
      expect(Date.now()).toBeLessThan(end);
      await sleep(50);
    }
    expect(readJson(stackFile(stack.runDir))).toEqual(stack.info);
  }, 20_000);

  it('is the only one in its folder', async () => {
    const other = { ...wishFor('one') };
    // Its supervisor is this very process, so a second start here stands for one of another process by its record.
    writeFileSync(
      join(other.runDir, 'pids', 'stack.json'),
      JSON.stringify(identityOf(process.ppid)),
    );
    await expect(startStack(other)).rejects.toThrow(
      /^A stack already runs in .*: stop it first, or set RUN_DIR to another folder\.$/,
    );
    writeFileSync(
      join(other.runDir, 'pids', 'stack.json'),
      JSON.stringify(identityOf(process.pid)),
    );
  });

  it('takes its file away and leaves no process behind when it is stopped', async () => {
    const second = await startStack(wishFor('two'));
    const { stack: _own, ...children } = second.info.pids;
    await second.stop();
    expect(Object.values(children).map((pid) => identityOf(pid))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(readJson(stackFile(second.runDir))).toBeUndefined();
  }, 60_000);
});

async function answers(stack: RunningStack): Promise<boolean> {
  return fetch(`${stack.info.services.settlement}/health/ready`).then(
    (response) => response.ok,
    () => false,
  );
}

function required(variable: string): string {
  const value = process.env[variable];
  if (value === undefined) throw new Error(`${variable} is not set: run the tests by \`npm test\``);
  return value;
}
