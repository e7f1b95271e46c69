// The compiled sources, made again only when the sources changed and never under a process that runs from them.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { Sentence, step } from './sentence.mjs';
import { users } from './users.mjs';

const roots = ['libs', 'apps', 'tools', 'bench'];
const spare = '.run-build-';

/**
 * The build folder that holds the sources as they are now: BUILD_DIR where it is set, else `dist`, else, while something runs from an
 * older `dist`, a folder named by the sources' hash. `own` asks for the latter in any case.
 */
export async function ensureBuild(root, { own = false } = {}) {
  const hash = sourceHash(root);
  const folder = chooseFolder(root, hash, own);
  if (stampOf(join(root, folder)) !== hash) {
    await step('Compiling 编译', () => buildInto(root, folder, hash));
  }
  prune(root, folder);
  return folder;
}

function chooseFolder(root, hash, own) {
  if (process.env.BUILD_DIR) return relative(root, resolve(root, process.env.BUILD_DIR));
  const byHash = `${spare}${hash.slice(0, 8)}`;
  if (own) return byHash;
  if (stampOf(join(root, 'dist')) === hash) return 'dist';
  return users(root).some((use) => use.build === 'dist') ? byHash : 'dist';
}

/** Built beside and renamed: a build that was interrupted is never taken for one. */
function buildInto(root, folder, hash) {
  const target = join(root, folder);
  const next = join(root, `${spare}next-${process.pid}`);
  const built = spawnSync(process.execPath, [join(root, 'tools', 'build.mjs')], {
    cwd: root,
    env: { ...process.env, BUILD_DIR: next },
    encoding: 'utf8',
  });
  if (built.status !== 0) {
    rmSync(next, { recursive: true, force: true });
    throw new Sentence(`The sources do not compile: ${built.stderr.trim()}`);
  }
  writeFileSync(join(next, '.source-hash'), hash);
  rmSync(target, { recursive: true, force: true });
  try {
    renameSync(next, target);
  } catch (cause) {
    rmSync(next, { recursive: true, force: true });
    // Another start of the same sources was quicker.
    if (stampOf(target) !== hash) throw cause;
  }
}

function prune(root, keep) {
  const used = new Set([keep, ...users(root).map((use) => use.build)]);
  for (const name of readdirSync(root)) {
    if (!name.startsWith(spare) || used.has(name)) continue;
    // A young one may belong to a start that has not noted its use yet, or be in the making.
    const old = Date.now() - statSync(join(root, name)).mtimeMs > 10 * 60_000;
    if (old) rmSync(join(root, name), { recursive: true, force: true });
  }
}

function stampOf(folder) {
  const file = join(folder, '.source-hash');
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function sourceHash(root) {
  const hash = createHash('sha256');
  const files = roots
    .filter((top) => existsSync(join(root, top)))
    .flatMap((top) => readdirSync(join(root, top), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /(?<!\.(d|spec|int-spec))\.ts$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
  for (const file of [...files, 'tools/build.mjs', 'tools/swc-options.cjs']) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  }
  return hash.digest('hex');
}
