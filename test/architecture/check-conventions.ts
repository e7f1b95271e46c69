import ts from 'typescript';
import type { Violation } from './check-imports';
import type { Source } from './sources';

const MAX_LINES = 300;

/** Names that say nothing about what is inside. */
const EMPTY_NAMES = new Set([
  'common',
  'shared',
  'utils',
  'util',
  'core',
  'helpers',
  'helper',
  'misc',
]);

/** A folder is named after what it holds. */
export function checkFolderNames(folders: readonly string[]): readonly Violation[] {
  return folders
    .filter((folder) => EMPTY_NAMES.has(folder.split('/').at(-1) ?? ''))
    .map(
      (folder) =>
        `${folder}/: this name says nothing; name the folder after what it holds, or move each file to the concept it belongs to`,
    );
}

/** A source is short enough to be read at once. Tables of tests and migrations may be longer, as the linter has it. */
export function checkSizes(sources: readonly Source[]): readonly Violation[] {
  return sources
    .filter(({ path }) => !/\.(spec|int-spec|scenario)\.ts$/.test(path))
    .flatMap(({ path, text }) => {
      const lines = text.split('\n').length - 1;
      return lines <= MAX_LINES
        ? []
        : [
            `${path}: ${String(lines)} lines, at most ${String(MAX_LINES)}; move a part that has a name of its own to a file of its own`,
          ];
    });
}

/** Tests run against real parts, all of them, and a test that is left out says in its title why. */
export function checkTests(sources: readonly Source[]): readonly Violation[] {
  return sources.flatMap((source) => {
    const file = ts.createSourceFile(source.path, source.text, ts.ScriptTarget.ES2022, true);
    const found: Violation[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node)) {
        const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
        const problem = problemOf(node, file);
        if (problem !== undefined) found.push(`${source.path}:${String(line)} ${problem}`);
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
    return found;
  });
}

function problemOf(call: ts.CallExpression, file: ts.SourceFile): string | undefined {
  const called = call.expression.getText(file);
  if (/^jest\.(mock|doMock|unstable_mockModule|setMock)$/.test(called))
    return `replaces a module (${called}); pass the part in as an argument and give the test a real or a written one`;
  if (/^(it|test|describe)\.only(\.each)?$|^f(it|describe)$/.test(called))
    return `runs alone (${called}) and leaves all others out; remove it before committing`;
  if (!/^(it|test|describe)\.(skip|todo)(\.each)?$|^x(it|test|describe)$/.test(called))
    return undefined;
  const title = call.arguments[0];
  const text = title !== undefined && ts.isStringLiteralLike(title) ? title.text : '';
  return /skipped because .{8,}/.test(text)
    ? undefined
    : `leaves a test out (${called}) without a reason; end its title with "(skipped because …)" or delete it`;
}

/** The project runs from wherever it is put, and from nothing beside it. */
const FOREIGN_PLACES: readonly (readonly [RegExp, string])[] = [
  [/(?<![\w.$}])\/(?:home|root|Users|work|mnt|workspace)\/\w/, 'a path of one machine'],
  [/(?<![\w.$}])[A-Za-z]:\\\\?(?:Users|work|dev)\b/i, 'a path of one machine'],
  [/\.\.\/(?:shared|domain\/|design\/)/, 'a folder beside the project'],
];

/** No absolute machine path and nothing beside the project, in sources, scripts and settings alike. */
export function checkPlaces(sources: readonly Source[]): readonly Violation[] {
  return sources.flatMap(({ path, text }) =>
    text
      .split('\n')
      .flatMap((line, index) =>
        FOREIGN_PLACES.filter(([pattern]) => pattern.test(line)).map(
          ([, what]) =>
            `${path}:${String(index + 1)} names ${what}; find it from the project's root or from a variable, or copy it into the project`,
        ),
      ),
  );
}
