import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRecord, prepareRunDir, projectRoot } from './stack/files';
import { takeOver } from './stack/leftovers';
import { Scope, stopOnSignal } from './stack/lifetime';
import { removeRunDir } from './stack/postgres-files';
import { startParts, type RunningParts } from './stack/parts';

/** In this order: what is quick and needs nothing first. */
const projects = ['unit', 'int', 'scenarios'];
const exitWithinMs = 20_000;

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * Runs the Jest projects one after the other against one PostgreSQL and one Kafka of its own, and ends with one line of sums.
 * Resolves with the exit code: 0 only when something ran and nothing failed. Arguments go to Jest; `--selectProjects a b` chooses.
 */
export async function main(args: readonly string[]): Promise<number> {
  const { chosen, rest } = chooseProjects(args);
  const runDir = join(projectRoot(), `.run-test-${String(process.pid)}`);
  prepareRunDir(runDir);
  const scope = new Scope();
  const removeState = () => {
    if (process.env['KEEP_RUN_DIR'] !== 'true') removeRunDir(runDir);
  };
  let jest: ChildProcess | undefined;
  const stopAll = async () => {
    jest?.kill('SIGTERM');
    await scope.stop();
  };
  const killNow = () => {
    jest?.kill('SIGKILL');
    scope.killNow();
  };
  const asked = stopOnSignal({ stop: stopAll, killNow }, () => {
    removeState();
    process.exit(130);
  });
  try {
    let sum: Counts = { passed: 0, failed: 0, skipped: 0 };
    let parts: RunningParts | undefined;
    for (const project of chosen) {
      if (asked()) break;
      if (project !== 'unit') parts ??= await partsUnlessGiven(runDir, scope);
      const counts = await runProject({ project, rest, runDir, parts }, (child) => (jest = child));
      sum = add(sum, counts);
    }
    return close(sum);
  } finally {
    await scope.stop();
    await endStacksBelow(runDir);
    removeState();
  }
}

/** Stacks that tests started below TEST_RUN_DIR and, killed or failed, could not stop themselves. */
async function endStacksBelow(runDir: string): Promise<void> {
  for (const entry of readdirSync(runDir, { withFileTypes: true })) {
    const folder = join(runDir, entry.name);
    if (!entry.isDirectory() || !existsSync(join(folder, 'pids'))) continue;
    await takeOver(folder, (line) => process.stdout.write(`${line}\n`));
    if (process.env['KEEP_RUN_DIR'] !== 'true') removeRunDir(folder);
  }
}

/** Sums up in the form that CI reads; a run without a test is no success. */
function close(sum: Counts): number {
  const skipped = sum.skipped === 0 ? '' : `, ${String(sum.skipped)} skipped`;
  const line = `${String(sum.passed)} passed, ${String(sum.failed)} failed${skipped}`;
  const copy = process.env['TEST_SUMMARY_FILE'];
  if (copy !== undefined && copy !== '') writeFileSync(copy, `${line}\n`);
  process.stdout.write(`\n${line}\n`);
  return sum.failed === 0 && sum.passed > 0 ? 0 : 1;
}

function chooseProjects(args: readonly string[]): {
  readonly chosen: readonly string[];
  readonly rest: readonly string[];
} {
  const at = args.indexOf('--selectProjects');
  if (at < 0) return { chosen: projects, rest: args };
  const after = args.slice(at + 1);
  const end = after.findIndex((arg) => !projects.includes(arg));
  const named = end < 0 ? after : after.slice(0, end);
  return {
    chosen: projects.filter((project) => named.includes(project)),
    rest: [...args.slice(0, at), ...after.slice(named.length)],
  };
}

async function partsUnlessGiven(runDir: string, scope: Scope): Promise<RunningParts | undefined> {
  const given = process.env['TEST_POSTGRES_URL'] !== undefined;
  if (given && process.env['TEST_KAFKA_BROKERS'] !== undefined) return undefined;
  return startParts({ runDir, scope, say: (line) => process.stdout.write(`${line}\n`) });
}

interface ProjectRun {
  readonly project: string;
  readonly rest: readonly string[];
  readonly runDir: string;
  readonly parts: RunningParts | undefined;
}

async function runProject(
  { project, rest, runDir, parts }: ProjectRun,
  started: (child: ChildProcess) => void,
): Promise<Counts> {
  const report = join(runDir, `${project}.json`);
  const jestProgram = join(projectRoot(), 'node_modules', 'jest', 'bin', 'jest.js');
  const child = spawn(
    process.execPath,
    [
      jestProgram,
      ...rest,
      // Takes all names that follow, so a flag must.
      ...['--selectProjects', project, '--passWithNoTests', '--json', `--outputFile=${report}`],
    ],
    {
      cwd: projectRoot(),
      stdio: 'inherit',
      env: {
        ...process.env,
        TEST_RUN_DIR: runDir,
        ...(parts && {
          TEST_POSTGRES_URL: parts.postgresUrl,
          TEST_KAFKA_BROKERS: parts.kafkaBrokers,
        }),
      },
    },
  );
  started(child);
  const code = await exitOf(child, report);
  return countsOf(report, code);
}

/** A test that left something open keeps Jest from exiting: that fails the run, but must not hang it. */
async function exitOf(child: ChildProcess, report: string): Promise<number> {
  const exit = once(child, 'exit');
  let reportedAt: number | undefined;
  while (child.exitCode === null && child.signalCode === null) {
    await Promise.race([exit, sleep(500)]);
    if (existsSync(report)) reportedAt ??= Date.now();
    if (reportedAt !== undefined && Date.now() - reportedAt > exitWithinMs) {
      process.stdout.write(
        '  ✗ Jest did not exit: a test left a connection, timer or process open.\n',
      );
      child.kill('SIGKILL');
      await exit;
    }
  }
  return child.exitCode ?? 1;
}

function countsOf(report: string, code: number): Counts {
  const value: unknown = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined;
  if (!isRecord(value)) return { passed: 0, failed: 1, skipped: 0 };
  const number = (field: string) => (typeof value[field] === 'number' ? value[field] : 0);
  // A file that does not even load has no failed test of its own, but has failed.
  const failed = number('numFailedTests') + number('numRuntimeErrorTestSuites');
  return {
    passed: number('numPassedTests'),
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: number('numPendingTests') + number('numTodoTests'),
  };
}

function add(left: Counts, right: Counts): Counts {
  return {
    passed: left.passed + right.passed,
    failed: left.failed + right.failed,
    skipped: left.skipped + right.skipped,
  };
}
