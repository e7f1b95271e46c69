import {
  type Agreement,
  agreementFromWire,
  type AgreementWire,
  canonicalText,
  packFromWire,
  type PolicyPack,
  type PolicyPackWire,
} from '@domain/benefit';
import type { ReplayDocuments } from '@domain/settlement';
import { hash } from 'node:crypto';
import type { Client } from 'pg';
import type { Difference } from './difference';

interface DocumentRow {
  readonly hash: string;
  readonly kind: string;
  readonly id: string;
  readonly version: string;
  readonly text: string;
}

const documentsOf = async (client: Client): Promise<readonly DocumentRow[]> =>
  (
    await client.query<DocumentRow>(
      'select hash, kind, id, version, text from policy_document order by loaded_seq',
    )
  ).rows;

/** Proves that every stored policy pack and agreement is the text that its hash names, and says what its row says. */
export async function documentDifference(client: Client): Promise<Difference | undefined> {
  for (const row of await documentsOf(client)) {
    const stream = `documents/${row.kind}/${row.id}`;
    const found = hash('sha256', row.text, 'hex');
    if (found !== row.hash) {
      const what = `the stored text of version ${row.version}`;
      return { stream, what, expected: `sha256:${row.hash}`, found: `sha256:${found}` };
    }
    const document = JSON.parse(row.text) as PolicyPackWire | AgreementWire;
    if (canonicalText(document) !== row.text) {
      return { stream, what: `version ${row.version} is not stored as its canonical text` };
    }
    if (document.id !== row.id || document.version !== row.version) {
      return { stream, what: `policy_document names another version than its text` };
    }
    if (!isReadable(row)) {
      return { stream, what: `version ${row.version} cannot be read as a ${row.kind}` };
    }
  }
  return undefined;
}

const READ = new WeakMap<Client, Promise<ReplayDocuments>>();

/** The stored documents, ready to decide with. Read once per connection: a snapshot does not change. */
export function readReplayDocuments(client: Client): Promise<ReplayDocuments> {
  const read = READ.get(client) ?? compile(client);
  READ.set(client, read);
  return read;
}

async function compile(client: Client): Promise<ReplayDocuments> {
  const packs = new Map<string, PolicyPack>();
  const agreements = new Map<string, Agreement>();
  for (const row of await documentsOf(client)) {
    if (row.kind === 'pack') packs.set(row.hash, packOf(row));
    else agreements.set(row.hash, agreementOf(row));
  }
  return {
    packByHash: (key) => packs.get(key),
    agreementByHash: (key) => agreements.get(key),
  };
}

const packOf = ({ text }: DocumentRow) => packFromWire(JSON.parse(text) as PolicyPackWire);
const agreementOf = ({ text }: DocumentRow) => agreementFromWire(JSON.parse(text) as AgreementWire);

function isReadable(row: DocumentRow): boolean {
  try {
    return (row.kind === 'pack' ? packOf(row) : agreementOf(row)).id === row.id;
  } catch {
    return false;
  }
}
