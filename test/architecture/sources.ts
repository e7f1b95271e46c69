import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A source file: its path from the project's root, with `/`, and its text. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

export const PROJECT_ROOT = resolve(__dirname, '..', '..');

const TYPESCRIPT_ROOTS = ['apps', 'libs', 'tools', 'test', 'bench'];

/** Every TypeScript source of the project. */
export const typescriptSources = (): readonly Source[] =>
  TYPESCRIPT_ROOTS.flatMap((root) => filesBelow(root))
    .filter((path) => path.endsWith('.ts'))
    .map(read);

/** Everything that runs or configures the project, TypeScript or not; generated files and data are left out. */
export const writtenSources = (): readonly Source[] =>
  [...TYPESCRIPT_ROOTS.flatMap((root) => filesBelow(root)), ...filesBelow('.ci'), ...ROOT_FILES]
    .filter((path) => /\.(ts|mjs|cjs|sh|xml|yml|json)$|\/run$|^Dockerfile$/.test(path))
    .filter((path) => !path.startsWith('test/golden/'))
    .map(read);

const ROOT_FILES = [
  'Dockerfile',
  'docker-compose.yml',
  'eslint.config.mjs',
  'jest.config.cjs',
  'package.json',
  'tsconfig.json',
];

/** Every folder of the project that holds sources or data. */
export const folders = (): readonly string[] =>
  [...TYPESCRIPT_ROOTS, 'data', 'docs'].flatMap((root) =>
    readdirSync(join(PROJECT_ROOT, root), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => toProjectPath(join(entry.parentPath, entry.name))),
  );

function filesBelow(root: string): readonly string[] {
  return readdirSync(join(PROJECT_ROOT, root), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => toProjectPath(join(entry.parentPath, entry.name)))
    .sort();
}

const toProjectPath = (path: string): string =>
  path.slice(PROJECT_ROOT.length + 1).replaceAll('\\', '/');

const read = (path: string): Source => ({
  path,
  text: readFileSync(join(PROJECT_ROOT, path), 'utf8'),
});
