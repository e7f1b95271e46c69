// npm's packages and Kafka's jars, fetched only when their lists changed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findMaven } from './prerequisites.mjs';
import { Sentence, step } from './sentence.mjs';
import { users } from './users.mjs';

/** Whether node_modules agrees with the lock file. */
export function dependenciesAreCurrent(root) {
  const stamp = join(root, 'node_modules', '.lock-hash');
  const hash = hashOf(join(root, 'package-lock.json'));
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return true;
  // Installed by hand: npm's own record of what it put there tells.
  if (!agrees(root)) return false;
  writeFileSync(stamp, hash);
  return true;
}

export async function installDependencies(root) {
  const inUse = users(root)[0];
  if (inUse) {
    throw new Sentence(
      `package-lock.json changed, but process ${inUse.pid} (${inUse.what}) uses the installed packages: stop it, then run this again.`,
    );
  }
  await step('Installing npm packages 安装依赖包', () =>
    // Install scripts are not needed, and binaries that they would download may be out of reach.
    run(
      'npm',
      [
        'ci',
        '--ignore-scripts',
        '--include=dev',
        '--include=optional',
        '--no-audit',
        '--no-fund',
        '--loglevel=error',
      ],
      root,
    ),
  );
  writeFileSync(join(root, 'node_modules', '.lock-hash'), hashOf(join(root, 'package-lock.json')));
}

/** Where Kafka's jars are or will be: named by their list, so that a running broker's never change. */
export function kafkaFolder(root) {
  return join(root, '.kafka', hashOf(join(root, 'tools', 'kafka', 'pom.xml')).slice(0, 12));
}

export async function fetchKafka(root) {
  const folder = kafkaFolder(root);
  const maven = findMaven();
  const next = `${folder}.${process.pid}`;
  await step('Fetching Kafka by Maven 下载 Kafka', async () => {
    mkdirSync(next, { recursive: true });
    const goal = [
      'dependency:copy-dependencies',
      '-DincludeScope=runtime',
      `-DoutputDirectory=${next}`,
    ];
    await run(maven, ['-q', '-B', '-f', join(root, 'tools', 'kafka', 'pom.xml'), ...goal], root);
    if (existsSync(folder)) rmSync(next, { recursive: true });
    else renameSync(next, folder);
  });
}

function run(command, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk) => (output = (output + chunk).slice(-2000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (cause) =>
      reject(new Sentence(`${command} could not be run: ${cause.message}.`)),
    );
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else
        reject(
          new Sentence(
            `\`${[command, ...args.slice(0, 2)].join(' ')} …\` failed; its last words:\n${output.trim()}`,
          ),
        );
    });
  });
}

function agrees(root) {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const present = JSON.parse(readFileSync(record, 'utf8')).packages;
  return (
    Object.entries(present).every(([path, { version }]) => wanted[path]?.version === version) &&
    Object.entries(wanted).every(
      ([path, { optional, devOptional }]) =>
        path === '' || optional || devOptional || present[path],
    )
  );
}

function hashOf(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
