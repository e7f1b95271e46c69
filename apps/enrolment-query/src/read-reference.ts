import type { EnrolmentReference } from '@domain/enrolment';
import { checked, ConfigError } from '@lib/edge';
import { FilingTypeWord, object } from '@lib/contracts';
import { Type } from '@sinclair/typebox';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const Codes = Type.Array(Type.Object({ code: Type.String() }));
const Parameters = object({
  version: Type.String(),
  validFrom: Type.String(),
  temporaryFilingMonths: Type.Integer({ minimum: 1, maximum: 60 }),
  minimumTermTypes: Type.Array(FilingTypeWord),
  lookaheadDays: Type.Integer({ minimum: 0, maximum: 3_660 }),
  withheldDiseases: Type.Array(Type.String()),
  sources: Type.Record(Type.String(), Type.String()),
});
const areCodes = checked(Codes);
const areParameters = checked(Parameters);

/** Reads cities, diseases and parameters of the data folder. Throws a ConfigError that names the file at fault. */
export function readReference(dataDir: string): EnrolmentReference {
  const parameters = readJson(join(dataDir, 'enrolment', 'parameters.json'));
  if (!areParameters(parameters)) {
    throw new ConfigError('enrolment/parameters.json in DATA_DIR is not as documented.');
  }
  return {
    cities: codesIn(dataDir, 'cities.json'),
    diseases: codesIn(dataDir, 'chronic-diseases.json'),
    parameters,
  };
}

function codesIn(dataDir: string, name: string): ReadonlySet<string> {
  const list = readJson(join(dataDir, name));
  if (!areCodes(list)) throw new ConfigError(`${name} in DATA_DIR is no list of codes.`);
  return new Set(list.map(({ code }) => code));
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new ConfigError(`DATA_DIR must hold a readable ${file.split('/').at(-1) ?? ''}.`, {
      cause,
    });
  }
}
