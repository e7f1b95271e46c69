import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AgreementTableWire, expandAgreements, type PolicyPackWire } from '@domain/benefit';
import { isRefusal } from '@domain/kernel';
import { AgreementTableDocument, PolicyPackDocument } from '@lib/contracts';
import { compileCheck } from '@lib/edge';
import type { Actor } from '@lib/journal';
import type { LoadDocuments } from './use-cases/load-document';
import type { LoadRegistry, Registry } from './use-cases/load-registry';

/** What the service loads of its data folder acts as the operator's system, not as a person. */
const SEED: Actor = { role: 'operator', subject: 'data-folder' };

const checkTable = compileCheck(AgreementTableDocument);
const checkPack = compileCheck(PolicyPackDocument);

/** The M-codes that packs and agreements may name. */
export const readKnownDiseases = (dataDir: string): ReadonlySet<string> =>
  new Set(
    (readJson(join(dataDir, 'chronic-diseases.json')) as readonly { readonly code: string }[]).map(
      ({ code }) => code,
    ),
  );

/**
 * Loads the policy packs, agreements and institutions of the data folder: what stands already is left alone. Throws with
 * the file's name when a document is refused; a service does not start on half its policies.
 */
export async function seed(
  dataDir: string,
  { documents, registry }: { readonly documents: LoadDocuments; readonly registry: LoadRegistry },
): Promise<void> {
  for (const file of jsonFiles(join(dataDir, 'policy-packs'))) {
    const pack = readJson(file);
    accept(file, checkPack(pack));
    accept(file, await documents.load('pack', pack as PolicyPackWire, SEED));
  }
  for (const file of jsonFiles(join(dataDir, 'agreements'))) {
    const table = readJson(file);
    accept(file, checkTable(table));
    for (const agreement of expandAgreements(table as AgreementTableWire)) {
      accept(file, await documents.load('agreement', agreement, SEED));
    }
  }
  await registry.load(
    readJson(join(dataDir, 'institutions', 'institutions.json')) as Registry,
    SEED,
  );
}

function accept(file: string, answer: unknown): void {
  if (isRefusal(answer)) throw new SeedRefused(file, JSON.stringify(answer));
}

/** A document of the data folder that cannot be loaded. */
export class SeedRefused extends Error {
  constructor(file: string, answer: string) {
    super(`${file} was refused: ${answer}`);
  }
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

const jsonFiles = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(folder, name));
