import 'reflect-metadata';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot, prepareRunDir } from '../stack/files';
import { Scope, stopOnSignal } from '../stack/lifetime';
import { openGround, postgresOn } from '../stack/parts';
import { removeRunDir } from '../stack/postgres-files';
import { silent } from '../stack/progress';
import { contractDocuments, type Generated } from './documents';
import { missingSamples, SAMPLES_FOLDER } from './samples';
import { schemaFiles } from './schemas';

/**
 * Writes what is derived from code: OpenAPI, AsyncAPI and the schemas of freshly migrated databases; then looks whether each
 * type of fact has its stored sample. Uses the server that TEST_POSTGRES_URL names, else starts the embedded one for a moment.
 */
async function main(): Promise<void> {
  const root = projectRoot();
  const files = [...contractDocuments(), ...(await withServer(root, schemaFiles))];
  for (const file of files) write(root, file);
  const missing = missingSamples(root);
  if (missing.length > 0) {
    process.stderr.write(
      `  ✗ No stored sample in ${SAMPLES_FOLDER}/ of: ${missing.join(', ')}. Add one from a real decision, with a spec that reads it.\n`,
    );
    process.exitCode = 1;
  }
}

function write(root: string, { path, content }: Generated): void {
  const file = join(root, path);
  const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  if (before !== content) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  process.stdout.write(`  ${before === content ? '=' : '✓ written:'} ${path}\n`);
}

async function withServer<T>(root: string, use: (adminUrl: string) => Promise<T>): Promise<T> {
  const given = process.env['TEST_POSTGRES_URL'];
  if (given !== undefined && given !== '') return use(given);
  const runDir = join(root, `.run-generate-${String(process.pid)}`);
  prepareRunDir(runDir);
  const scope = new Scope();
  stopOnSignal(scope, () => {
    removeRunDir(runDir);
    process.exit(130);
  });
  try {
    const ground = await openGround(runDir, { say: silent, scope, changed: () => undefined });
    const { adminUrl } = await postgresOn(ground, 0);
    return await use(adminUrl);
  } finally {
    await scope.stop();
    removeRunDir(runDir);
  }
}

main().catch((cause: unknown) => {
  const message = cause instanceof Error ? cause.message : String(cause);
  process.stderr.write(`  ✗ generate failed: ${message}\n`);
  process.exit(1);
});
