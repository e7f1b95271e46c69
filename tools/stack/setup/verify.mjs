// The checks beside the tests. Every failure names the command that mends it.
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { say } from './sentence.mjs';

const checks = [
  { name: 'format', command: ['npm', 'run', '-s', 'format:check'], remedy: 'npm run format' },
  {
    name: 'lint',
    command: ['npm', 'run', '-s', 'lint'],
    remedy: 'npx eslint . --fix, then by hand',
  },
  { name: 'types', command: ['npm', 'run', '-s', 'typecheck'], remedy: 'npm run typecheck' },
];

/** Runs every check, also after a failing one, and gives the exit code: 0 when all passed. */
export async function verify(root, withTests) {
  const failed = [];
  for (const { name, command, remedy } of checks) {
    if (!(await passes(name, command, root))) failed.push(`${name}: ${remedy}`);
  }
  if (hasGenerator(root) && !(await generatedFilesAreCurrent(root))) {
    failed.push('generated files: npm run generate, then commit what changed');
  }
  if (withTests && !(await passes('tests', ['npm', '-s', 'test'], root)))
    failed.push('tests: npm test');
  for (const line of failed) say(`  ✗ ${line}`);
  return failed.length === 0 ? 0 : 1;
}

async function passes(name, [command, ...args], root) {
  say(`— ${name}`);
  const child = spawn(command, args, { cwd: root, stdio: 'inherit' });
  return new Promise((done) => child.once('exit', (code) => done(code === 0)));
}

function hasGenerator(root) {
  return ['tools/generate.ts', 'tools/generate/main.ts'].some((file) =>
    existsSync(join(root, file)),
  );
}

/** Compared with the state before, not with the last commit: a developer's own changes are not the generator's. */
async function generatedFilesAreCurrent(root) {
  const before = stateOf(root);
  return (
    (await passes('generate', ['npm', 'run', '-s', 'generate'], root)) && stateOf(root) === before
  );
}

function stateOf(root) {
  const git = (...args) => execFileSync('git', args, { cwd: root, maxBuffer: 256 * 1024 * 1024 });
  const hash = createHash('sha256').update(git('diff', 'HEAD'));
  const untracked = git('ls-files', '--others', '--exclude-standard', '-z').toString().split('\0');
  for (const file of untracked.filter((name) => name !== '')) {
    hash.update(file);
    if (existsSync(join(root, file))) hash.update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}
