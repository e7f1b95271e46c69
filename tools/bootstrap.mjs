// The one way in from a fresh clone: fetches and builds what is missing or out of date, then does what was asked.
// Plain Node without dependencies, because it runs before there are any.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuild } from './stack/setup/build-folder.mjs';
import {
  dependenciesAreCurrent,
  fetchKafka,
  installDependencies,
  kafkaFolder,
} from './stack/setup/install.mjs';
import { checkJava, checkNode, findMaven } from './stack/setup/prerequisites.mjs';
import { Sentence } from './stack/setup/sentence.mjs';
import { register, users } from './stack/setup/users.mjs';
import { verify } from './stack/setup/verify.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const runDir = resolve(root, process.env.RUN_DIR ?? '.run');

const verbs = {
  /** Everything, with the demonstration: `start [--once|--empty]`. */
  async start(args) {
    await prepare({ kafka: !process.env.KAFKA_BROKERS, what: 'npm start', stack: true });
    await compiled('tools/stack/main').main('start', args);
  },
  /** PostgreSQL and Kafka alone, for single integration tests. */
  async parts(args) {
    await prepare({ kafka: true, what: 'parts', stack: true });
    await compiled('tools/stack/main').main('parts', args);
  },
  /** All tests, or those that the arguments for Jest choose. */
  async test(args) {
    const pure =
      args.includes('--selectProjects') && args.at(args.indexOf('--selectProjects') + 1) === 'unit';
    const kafka = !pure && !process.env.TEST_KAFKA_BROKERS;
    await prepare({ kafka, what: 'npm test', ownBuild: true });
    process.exitCode = await compiled('tools/test-runner').main(args);
  },
  /** A compiled tool: `run [--parts] NAME …`; with --parts the tool starts Kafka itself, so its jars must be there. */
  async run(args) {
    const kafka = args[0] === '--parts' && !process.env.KAFKA_BROKERS;
    const [name = '', ...rest] = args[0] === '--parts' ? args.slice(1) : args;
    await prepare({ kafka, what: name });
    process.exitCode = await runTool(name, rest);
  },
  /** Only fetches and builds. */
  async build() {
    await prepare({ kafka: false, what: 'build' });
  },
  /** Format, lint, types and generated files; with --tests the tests too. */
  async verify(args) {
    await prepare({ kafka: false, what: 'npm run verify', build: false });
    process.exitCode = await verify(root, args.includes('--tests'));
  },
  async clean() {
    clean();
  },
};

async function prepare({ kafka, what, build = true, ownBuild = false, stack = false }) {
  const fetchJars = kafka && !existsSync(kafkaFolder(root));
  if (kafka) checkJava();
  if (fetchJars) findMaven();
  await Promise.all([
    dependenciesAreCurrent(root) ? undefined : installDependencies(root),
    fetchJars ? fetchKafka(root) : undefined,
  ]);
  const folder = build ? await ensureBuild(root, { own: ownBuild }) : undefined;
  if (folder) process.env.BUILD_DIR = folder;
  register(root, { what, build: folder, runDir: stack ? runDir : undefined });
}

function compiled(name) {
  return require(join(root, process.env.BUILD_DIR, `${name}.js`));
}

function runTool(name, args) {
  const build = join(root, process.env.BUILD_DIR);
  const places = [`tools/${name}.js`, `tools/${name}/main.js`, `${name}/main.js`];
  const file = places.map((place) => join(build, place)).find((path) => existsSync(path));
  if (!/^[\w-]+$/.test(name) || !file) throw new Sentence(`There is no tool named "${name}".`);
  const child = spawn(process.execPath, [file, ...args], { stdio: 'inherit', cwd: root });
  // The terminal sends Ctrl-C to the tool itself; other signals come here only.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((done) => child.once('exit', (code) => done(code ?? 1)));
}

/** Removes the state of a stack that does not run; only a folder that a stack has marked as its own. */
function clean() {
  if (!existsSync(runDir)) return;
  if (!existsSync(join(runDir, '.stack-run-dir'))) {
    throw new Sentence(`${runDir} was not made by a stack, so it is not removed: check RUN_DIR.`);
  }
  const running = users(root).find((use) => use.runDir === runDir);
  if (running)
    throw new Sentence(`A stack runs in ${runDir} (process ${running.pid}): stop it first.`);
  const outside = join(runDir, 'postgres-outside.json');
  if (existsSync(outside))
    rmSync(JSON.parse(readFileSync(outside, 'utf8')).folder, { recursive: true, force: true });
  rmSync(runDir, { recursive: true, force: true });
}

try {
  checkNode();
  const [verb = 'start', ...args] = process.argv.slice(2);
  const work = verbs[verb];
  if (!work)
    throw new Sentence(`Unknown command "${verb}"; there are: ${Object.keys(verbs).join(', ')}.`);
  await work(args);
} catch (cause) {
  const expected = cause instanceof Sentence || cause?.name === 'StackFault';
  process.stderr.write(`  ✗ ${expected ? cause.message : (cause?.stack ?? cause)}\n`);
  process.exit(1);
}
