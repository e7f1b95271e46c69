import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  type AgreementTableWire,
  type AgreementWire,
  expandAgreements,
  type PolicyPackWire,
  type Problem,
  validateAgreement,
  validatePack,
} from '@domain/benefit';
import { AgreementTableDocument, PolicyPackDocument } from '@lib/contracts';
import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { Value, ValueErrorType } from '@sinclair/typebox/value';

/** The folders and the list that packs and agreements are kept in, below the project's `data`. */
export const PACKS = 'policy-packs';
export const AGREEMENTS = 'agreements';
const DISEASES = 'chronic-diseases.json';

const KnownDiseases = Type.Array(Type.Object({ code: Type.String(), name: Type.String() }));

/** What is said of a field that does not fit its schema; anything else does not have the form. */
const FORM: Readonly<Partial<Record<ValueErrorType, string>>> = {
  [ValueErrorType.ObjectAdditionalProperties]: '不认识的字段',
  [ValueErrorType.ObjectRequiredProperty]: '缺少该字段',
};

/** A file that could not be taken for what it says it is. */
export class DocumentFault extends Error {
  override readonly name = 'DocumentFault';

  constructor(
    readonly file: string,
    readonly problems: readonly Problem[],
  ) {
    super(
      `${basename(file)}: ${problems.map(({ path, message }) => `${path} ${message}`).join('; ')}`,
    );
  }
}

/** The JSON of a file. Throws a DocumentFault where there is none. */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const message = cause instanceof SyntaxError ? '不是有效的 JSON' : '文件无法读取';
    throw new DocumentFault(file, [{ path: '', message }]);
  }
}

/** A policy pack of the right form. Throws a DocumentFault that names each field which is not. */
export const readPack = (file: string): PolicyPackWire => parse(PolicyPackDocument, file);

/** A table of agreements of the right form. Throws a DocumentFault that names each field which is not. */
export const readAgreementTable = (file: string): AgreementTableWire =>
  parse(AgreementTableDocument, file);

/** All packs of a data folder, by file name. */
export const readPacks = (data: string): ReadonlyMap<string, PolicyPackWire> =>
  new Map(jsonFiles(join(data, PACKS)).map((file) => [file, readPack(file)]));

/** All agreements of a data folder, one for each directed pair. */
export const readAgreements = (data: string): readonly AgreementWire[] =>
  jsonFiles(join(data, AGREEMENTS)).flatMap((file) => expandAgreements(readAgreementTable(file)));

/** The M-codes that packs and agreements may name. */
export function readKnownDiseases(data: string): ReadonlySet<string> {
  return new Set(parse(KnownDiseases, join(data, DISEASES)).map(({ code }) => code));
}

/** The JSON files of a folder, in order of name. */
export const jsonFiles = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(folder, name));

/** Whether a document is a table of agreements rather than a pack. */
export const isAgreementTable = (document: unknown): boolean =>
  typeof document === 'object' && document !== null && 'careCities' in document;

/** What is wrong with one file, pack or table, beside what else the data folder holds. Empty when it may be loaded. */
export function problemsOf(file: string, data: string): readonly Problem[] {
  try {
    return isAgreementTable(readJson(file))
      ? problemsOfTable(file, data)
      : problemsOfPack(file, data);
  } catch (cause) {
    if (cause instanceof DocumentFault) {
      return cause.file === file
        ? cause.problems
        : [{ path: basename(cause.file), message: '同目录下的该文件不可读，无法对照检查' }];
    }
    throw cause;
  }
}

const problemsOfPack = (file: string, data: string): readonly Problem[] =>
  validatePack(readPack(file), {
    packs: [...readPacks(data).values()],
    knownDiseases: readKnownDiseases(data),
  });

function problemsOfTable(file: string, data: string): readonly Problem[] {
  const context = { agreements: readAgreements(data), knownDiseases: readKnownDiseases(data) };
  return expandAgreements(readAgreementTable(file)).flatMap((agreement) =>
    validateAgreement(agreement, context).map(({ path, message }) => ({
      path: `${agreement.id} ${path}`,
      message,
    })),
  );
}

function parse<Schema extends TSchema>(schema: Schema, file: string): Static<Schema> {
  const document = readJson(file);
  if (Value.Check(schema, document)) return document;
  const problems = new Map<string, Problem>();
  for (const { path: pointer, type } of Value.Errors(schema, document)) {
    const path = pointer.slice(1).replaceAll('/', '.');
    if (!problems.has(path)) problems.set(path, { path, message: FORM[type] ?? '不符合文件格式' });
  }
  throw new DocumentFault(file, [...problems.values()]);
}
