import { parseCivilDate, parseInstant, type Refusal } from '@domain/kernel';
import { FormatRegistry, KindGuard, type Static, type TSchema } from '@sinclair/typebox';
import { TypeCompiler, ValueErrorType, type ValueError } from '@sinclair/typebox/compiler';
import { isStorable, pathOf } from './tidy';

FormatRegistry.Set('civil-date', (text) => parseCivilDate(text) !== undefined);
FormatRegistry.Set('instant', (text) => parseInstant(text) !== undefined);

/** A compiled schema. Returns a refusal that names the first field at fault, or undefined. */
export type Check = (value: unknown) => Refusal | undefined;

/** Compiles a schema once; the check itself costs microseconds and allocates nothing while the value is right. */
export function compileCheck(schema: TSchema): Check {
  const compiled = TypeCompiler.Compile(schema);
  return (value) => {
    if (compiled.Check(value)) return undefined;
    const error = compiled.Errors(value).First();
    return error === undefined ? { refused: 'edge.field-invalid' } : refusalOf(deepest(error));
  };
}

/** Checks a value that did not come through a door of HTTP (Kafka, an item of a batch) and types it. */
export function checked<Schema extends TSchema>(
  schema: Schema,
): (value: unknown) => value is Static<Schema> {
  const compiled = TypeCompiler.Compile(schema);
  return (value): value is Static<Schema> => compiled.Check(value);
}

/** In a union, the branch that went furthest says most. */
function deepest(error: ValueError): ValueError {
  let best = error;
  for (const branch of error.errors) {
    const inner = branch.First();
    if (inner === undefined) continue;
    const candidate = deepest(inner);
    if (candidate.path.length > best.path.length) best = candidate;
  }
  return best;
}

function refusalOf(error: ValueError): Refusal {
  const field = fieldOf(error.path);
  const named = field === '' ? {} : { field };
  switch (error.type) {
    case ValueErrorType.ObjectAdditionalProperties:
      return { refused: 'edge.field-unknown', ...named };
    case ValueErrorType.ObjectRequiredProperty:
      return { refused: 'edge.field-missing', ...named };
    default:
      return { refused: 'edge.field-invalid', ...named, detail: error.message };
  }
}

/** A JSON pointer as a path. A name made of digits only occurs in arrays here: no contract has such fields. */
function fieldOf(pointer: string): string {
  const parts = pointer.split('/').slice(1);
  return pathOf(
    parts.map((part) =>
      /^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~'),
    ),
  );
}

/** Reads the texts of a query string or path as the schema's types; what does not fit is left as it is, for the check to name. */
export type ReadTexts = (
  texts: Readonly<Record<string, unknown>>,
) =>
  | { readonly values: Record<string, unknown>; readonly refusal?: undefined }
  | { readonly refusal: Refusal };

/**
 * Builds a reader for an object schema of texts, integers, numbers and booleans. An empty text is an absent field. The reader
 * refuses a text that cannot be stored.
 */
export function textReader(schema: TSchema): ReadTexts {
  const properties: Readonly<Record<string, TSchema>> = KindGuard.IsObject(schema)
    ? schema.properties
    : {};
  return (texts) => {
    const read: Record<string, unknown> = {};
    for (const [name, text] of Object.entries(texts)) {
      if (text === '') continue;
      if (!isStorable(name)) return { refusal: { refused: 'edge.malformed-text' } };
      if (typeof text === 'string' && !isStorable(text)) {
        return { refusal: { refused: 'edge.malformed-text', field: pathOf([name]) } };
      }
      // `__proto__` becomes a field of its own, which the schema refuses.
      Object.defineProperty(read, name, { value: readText(properties[name], text), ...plain });
    }
    return { values: read };
  };
}

const plain = { enumerable: true, configurable: true, writable: true } as const;

function readText(schema: TSchema | undefined, text: unknown): unknown {
  if (schema === undefined || typeof text !== 'string') return text;
  if (KindGuard.IsInteger(schema)) return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
  if (KindGuard.IsNumber(schema))
    return /^-?\d{1,15}(\.\d{1,9})?$/.test(text) ? Number(text) : text;
  if (KindGuard.IsBoolean(schema)) return text === 'true' ? true : text === 'false' ? false : text;
  if (KindGuard.IsArray(schema)) return [text];
  return text;
}
