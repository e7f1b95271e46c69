import { posix } from 'node:path';
import ts from 'typescript';
import type { Source } from './sources';

/** One import of a file, whichever way it is written. */
export interface Import {
  readonly line: number;
  readonly specifier: string;
  /** A path from the project's root for what is ours, a package name, or `node:*`. */
  readonly target: string;
  readonly typeOnly: boolean;
  /** Whether it is written as a path and not by an alias or package name. */
  readonly relative: boolean;
}

/**
 * Every import of a TypeScript source: import and export declarations, `import x = require()`, import types, dynamic
 * imports and `require` calls with a literal. A dynamic import of a computed name cannot be followed and is not listed.
 */
export function importsOf({ path, text }: Source): readonly Import[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const found: Import[] = [];
  const add = (literal: ts.Node | undefined, typeOnly: boolean): void => {
    if (literal === undefined || !ts.isStringLiteralLike(literal)) return;
    found.push({
      line: file.getLineAndCharacterOfPosition(literal.getStart(file)).line + 1,
      specifier: literal.text,
      target: targetOf(path, literal.text),
      typeOnly,
      relative: literal.text.startsWith('.'),
    });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeImport(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, isTypeExport(node));
    else if (ts.isExternalModuleReference(node)) add(node.expression, false);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && loadsModule(node)) add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function isTypeImport(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = clause.namedBindings;
  if (clause.name !== undefined || bindings === undefined || !ts.isNamedImports(bindings))
    return false;
  return bindings.elements.length > 0 && bindings.elements.every((each) => each.isTypeOnly);
}

function isTypeExport({ isTypeOnly, exportClause }: ts.ExportDeclaration): boolean {
  if (isTypeOnly) return true;
  if (exportClause === undefined || !ts.isNamedExports(exportClause)) return false;
  return exportClause.elements.length > 0 && exportClause.elements.every((each) => each.isTypeOnly);
}

/** `import('x')`, `require('x')`, `require.resolve('x')`. */
function loadsModule({ expression }: ts.CallExpression): boolean {
  if (expression.kind === ts.SyntaxKind.ImportKeyword) return true;
  const called = ts.isPropertyAccessExpression(expression) ? expression.expression : expression;
  return ts.isIdentifier(called) && called.text === 'require';
}

function targetOf(path: string, specifier: string): string {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(path), specifier);
  if (specifier.startsWith('node:')) return 'node:*';
  const [first = '', second = ''] = specifier.split('/');
  if (first === '@domain') return `libs/domain/src/${second}`;
  if (first === '@lib') return `libs/${second}/src`;
  return first.startsWith('@') ? `${first}/${second}` : first;
}
