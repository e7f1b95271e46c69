import { checkFolderNames, checkPlaces, checkSizes, checkTests } from './check-conventions';
import { folders, type Source, typescriptSources, writtenSources } from './sources';

/** The specs that plant what is forbidden. */
const isOfThisCheck = ({ path }: Source): boolean => path.startsWith('test/architecture/');

describe('the conventions of the design', () => {
  const sources = typescriptSources();

  it('give every folder a name that says what it holds', () => {
    expect(checkFolderNames(folders())).toEqual([]);
  });

  it('keep every source short enough to be read at once', () => {
    expect(checkSizes(sources)).toEqual([]);
  });

  it('have tests run on real parts, and none left out without a reason', () => {
    expect(checkTests(sources.filter((source) => !isOfThisCheck(source)))).toEqual([]);
  });

  it('let the project run from wherever it is put', () => {
    const written = writtenSources().filter((source) => !isOfThisCheck(source));
    expect(written.length).toBeGreaterThan(sources.length * 0.9);
    expect(checkPlaces(written)).toEqual([]);
  });
});

describe('the check of conventions', () => {
  const planted = (text: string, path = 'libs/edge/src/planted.spec.ts'): readonly Source[] => [
    { path, text },
  ];

  it.each(['libs/edge/src/utils', 'apps/settlement/src/common', 'tools/helpers', 'libs/core'])(
    'names the folder %s and what to do',
    (folder) => {
      expect(checkFolderNames([folder, 'libs/edge/src/kafka']).join()).toMatch(
        new RegExp(`^${folder}/: .*name the folder after what it holds`),
      );
    },
  );

  it('names a source of 301 lines, but not one of 300', () => {
    expect(checkSizes(planted('x\n'.repeat(301), 'libs/edge/src/long.ts'))).toEqual([
      expect.stringContaining('libs/edge/src/long.ts: 301 lines, at most 300; move a part'),
    ]);
    expect(checkSizes(planted('x\n'.repeat(300), 'libs/edge/src/long.ts'))).toEqual([]);
  });

  it.each([
    `jest.mock('./pool');`,
    `jest.doMock('./pool', () => ({}));`,
    `it.only('settles', () => {});`,
    `describe.only.each([1])('settles %s', () => {});`,
    `it.skip('settles', () => {});`,
    `test.todo('settles');`,
    `xdescribe('settles', () => {});`,
  ])('finds in a test: %s', (text) => {
    expect(checkTests(planted(`\n${text}`))).toEqual([
      expect.stringMatching(/^libs\/edge\/src\/planted\.spec\.ts:2 .*; /),
    ]);
  });

  it.each([
    `it.skip('settles on a cluster (skipped because one machine has one broker)', () => {});`,
    `// jest.mock is not used here`,
    `const text = "it.only('x')";`,
    `it('settles', () => {});`,
  ])('lets pass: %s', (text) => {
    expect(checkTests(planted(text))).toEqual([]);
  });

  it.each([
    `readFileSync('/home/someone/data.json')`,
    `cd /root/project`,
    `const dir = "C:\\\\Users\\\\someone";`,
    `readFileSync(join(root, '../shared/data/cities.csv'))`,
  ])('finds a place that is not the project: %s', (text) => {
    expect(checkPlaces(planted(text))).toEqual([
      expect.stringMatching(/^libs\/edge\/src\/planted\.spec\.ts:1 names a /),
    ]);
  });

  it.each([
    `join(root, 'work/parts')`,
    `import { x } from '../domain-words';`,
    'path: `${base}/home/index.html`',
    `FROM node:24\nWORKDIR /app`,
  ])('takes no offence at: %s', (text) => {
    expect(checkPlaces(planted(text))).toEqual([]);
  });
});
