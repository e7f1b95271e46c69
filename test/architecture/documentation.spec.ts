import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from './sources';

/** Paths in code spans that begin with one of the project's folders, without placeholders and patterns. */
const PATH =
  /`((?:apps|libs|tools|test|data|docs|bench|openapi)\/[\w./@-]+|(?:asyncapi\.json|package\.json|docker-compose\.yml|jest\.config\.cjs))`/g;

const pathsIn = (text: string): readonly string[] =>
  [...text.matchAll(PATH)].map(([, path = '']) => path);

const documents = [
  'README.md',
  ...readdirSync(join(PROJECT_ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const textOf = (document: string): string => readFileSync(join(PROJECT_ROOT, document), 'utf8');

describe('the documentation', () => {
  it.each(documents)('%s names only files and folders that are there', (document) => {
    const missing = pathsIn(textOf(document)).filter(
      (path) => !existsSync(join(PROJECT_ROOT, path)),
    );
    expect(missing).toEqual([]);
  });

  it('walks a claim through forty files and more', () => {
    expect(new Set(pathsIn(textOf('docs/walk-a-claim.md'))).size).toBeGreaterThan(40);
  });

  it('names only commands that the project has', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const named = documents.flatMap((document) =>
      [...textOf(document).matchAll(/`npm run ([\w:-]+)/g)].map(([, name = '']) => [
        document,
        name,
      ]),
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter(([, name = '']) => scripts[name] === undefined)).toEqual([]);
  });

  it('numbers each decision once, without a gap, with its four parts', () => {
    const decisions = documents.filter((document) => document.startsWith('docs/adr/')).sort();
    expect(decisions.map((path) => Number(/\/(\d{4})-/.exec(path)?.[1]))).toEqual(
      decisions.map((_, index) => index + 1),
    );
    for (const decision of decisions) {
      const parts = ['**Context.**', '**Decision.**', '**Consequences.**', '**Rejected.**'];
      const text = textOf(decision);
      expect([decision, parts.filter((part) => !text.includes(part))]).toEqual([decision, []]);
    }
  });
});

describe('the check of the documentation', () => {
  it('finds a path in a code span, and takes a pattern for none', () => {
    const text = 'see `libs/nowhere/at-all.ts`, `data/`, `apps/*/src/storage` and `npm run x`';
    expect(pathsIn(text)).toEqual(['libs/nowhere/at-all.ts']);
  });
});
