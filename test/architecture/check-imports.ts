import type { Exception, Row } from './import-table';
import { type Import, importsOf } from './imports-of';
import type { Source } from './sources';

/** Something that breaks a rule of the design, as one sentence that says where, what and how to mend it. */
export type Violation = string;

export interface Rules {
  readonly table: readonly Row[];
  readonly exceptions: readonly Exception[];
}

/** Compares every import of every file with the table. Pure: the same files give the same sentences. */
export function checkImports(sources: readonly Source[], rules: Rules): readonly Violation[] {
  return sources.flatMap((source) => {
    const row = rowOf(source.path, rules.table);
    if (row === undefined) {
      return [
        `${source.path}: its folder has no row in the import table; add one to test/architecture/import-table.ts that says what it may import`,
      ];
    }
    return importsOf(source).flatMap((each) => violationOf(source.path, row, each, rules) ?? []);
  });
}

/** Exceptions that nothing needs any more: they would hide the next wrong import of the same kind. */
export function staleExceptions(sources: readonly Source[], rules: Rules): readonly Violation[] {
  const strict = { ...rules, exceptions: [] };
  return rules.exceptions
    .filter(({ file, target }) => {
      const source = sources.find(({ path }) => path === file);
      const row = rowOf(file, rules.table);
      if (source === undefined || row === undefined) return true;
      return !importsOf(source).some(
        (each) => each.target === target && violationOf(file, row, each, strict) !== undefined,
      );
    })
    .map(
      ({ file, target }) =>
        `${file}: the exception for ${target} is not needed any more; remove it from test/architecture/import-table.ts`,
    );
}

const isTest = (path: string): boolean =>
  /\.(spec|int-spec|scenario|fixtures|specimen|child)\.ts$/.test(path) ||
  /^test\/|^libs\/testkit\/|^libs\/[^/]+\/test\/|\/testing\//.test(path);

/** What only tests may import: it is not there, or not fit, when the system runs. */
const isForTests = (target: string): boolean =>
  /\.(spec|int-spec|scenario|fixtures|child)$/.test(target) || within(target, 'libs/testkit/src');

function violationOf(
  path: string,
  row: Row,
  each: Import,
  { exceptions }: Rules,
): Violation | undefined {
  if (exceptions.some(({ file, target }) => file === path && target === each.target))
    return undefined;
  const where = `${path}:${String(each.line)} imports ${each.specifier}`;
  if (leavesProject(each))
    return `${where}, which is outside the project: copy what is needed into it`;
  if (isForTests(each.target) && !isTest(path) && !path.startsWith('bench/'))
    return `${where}, which is for tests only: move what is needed into the concept itself`;
  if (goesAroundADoor(path, each))
    return `${where}: a library is entered by its door; write ${aliasOf(each.target)} and export what is needed there`;
  if (isAllowed(path, row, each)) return undefined;
  const asType = (row.mayAsTypes ?? []).some((allowed) => within(each.target, allowed));
  return asType
    ? `${where} as a value; ${row.folder} may import it as a type only: write \`import type\`, or move the call inwards`
    : `${where}; ${row.folder} may import ${listOf(row)}: move the code to where the import is allowed, or pass in what is needed`;
}

function isAllowed(path: string, row: Row, { target, typeOnly }: Import): boolean {
  const allowed = [
    row.folder,
    ...row.may,
    ...(typeOnly ? (row.mayAsTypes ?? []) : []),
    ...(isTest(path) ? (row.tests ?? []) : []),
  ];
  return allowed.some((folder) => within(target, folder));
}

const leavesProject = ({ target, relative }: Import): boolean =>
  (relative && target.startsWith('..')) || target.startsWith('/');

/** A relative path into a library from outside it, past its `index.ts`. */
function goesAroundADoor(path: string, { target, relative }: Import): boolean {
  if (!relative || isTest(path)) return false;
  const unit = unitOf(target);
  return unit.startsWith('libs/') && unit !== unitOf(path);
}

/** A domain concept, else a library, else nothing that has a door. */
function unitOf(path: string): string {
  return /^libs\/domain\/src\/[^/]+|^libs\/[^/]+/.exec(path)?.[0] ?? '';
}

function aliasOf(target: string): string {
  const [, lib = '', , concept = ''] = target.split('/');
  return lib === 'domain' ? `@domain/${concept}` : `@lib/${lib}`;
}

function rowOf(path: string, table: readonly Row[]): Row | undefined {
  return table
    .filter(({ folder }) => within(path, folder))
    .sort((a, b) => b.folder.length - a.folder.length)[0];
}

const within = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(`${folder}/`);

function listOf({ may, mayAsTypes }: Row): string {
  const values = may.length === 0 ? 'nothing' : `only ${may.join(', ')}`;
  return mayAsTypes === undefined ? values : `${values}, and as types ${mayAsTypes.join(', ')}`;
}
