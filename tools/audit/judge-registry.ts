import type { InstitutionChanged, PractitionerChanged } from '@lib/contracts';
import type { AuditedStream, StoredFact } from '@lib/journal';
import type { Client } from 'pg';
import type { Difference } from './difference';
import { type Judge, judged, resultDifference, stateDifference, Tally } from './judge';
import { type Cell, RowCheck, type TableShape } from './row-check';

/** A registry whose entry is the last fact of its stream, and its table. */
interface Registry {
  readonly kind: string;
  readonly fact: string;
  readonly shape: TableShape;
  readonly cells: (entry: unknown, version: number) => readonly Cell[];
}

const INSTITUTIONS: Registry = {
  kind: 'institution',
  fact: 'InstitutionChanged.v1',
  shape: {
    table: 'institution',
    key: 'institution_code',
    stream: `'institution/' || institution_code`,
    order: 'institution_code',
    columns: [
      { name: 'institution_code' },
      { name: 'name' },
      { name: 'city' },
      { name: 'county' },
      { name: 'level', figure: true },
      { name: 'kind' },
      { name: 'mutual_pharmacy' },
      { name: 'state' },
      { name: 'version', figure: true },
    ],
  },
  cells: (entry, version) => {
    const { institutionCode, name, city, county, level, kind, mutualPharmacy, state } =
      entry as InstitutionChanged;
    return [
      institutionCode,
      name,
      city,
      county,
      level,
      kind,
      String(mutualPharmacy),
      state,
      version,
    ];
  },
};

const PRACTITIONERS: Registry = {
  kind: 'practitioner',
  fact: 'PractitionerChanged.v1',
  shape: {
    table: 'practitioner',
    key: 'doctor_code',
    stream: `'practitioner/' || doctor_code`,
    order: 'doctor_code',
    columns: [
      { name: 'doctor_code' },
      { name: 'institution_code' },
      { name: 'state' },
      { name: 'version', figure: true },
    ],
  },
  cells: (entry, version) => {
    const { doctorCode, institutionCode, state } = entry as PractitionerChanged;
    return [doctorCode, institutionCode, state, version];
  },
};

/** The registry of institutions and practitioners: an entry is what its last command said. */
class JudgeRegistry implements Judge {
  readonly tally = new Tally();
  private readonly rows: RowCheck;

  constructor(
    client: Client,
    private readonly registry: Registry,
  ) {
    this.rows = new RowCheck(client, registry.shape);
  }

  stream(audited: AuditedStream): Promise<Difference | undefined> | Difference | undefined {
    const { stream, facts, head } = audited;
    let entry: unknown;
    for (const fact of facts) {
      const difference = this.fact(fact, (result) => (entry = result));
      if (difference !== undefined) return difference;
    }
    const version = facts.at(-1)?.version;
    if (version === undefined || head?.version !== version) return undefined;
    const difference = stateDifference(audited, JSON.stringify(entry));
    if (difference !== undefined) return difference;
    this.tally.add(`rows ${this.registry.kind}`, 1n);
    const code = stream.slice(this.registry.kind.length + 1);
    return this.rows.expect(code, { stream, version }, [this.registry.cells(entry, version)]);
  }

  end(): Promise<Difference | undefined> {
    return this.rows.flush();
  }

  private fact(fact: StoredFact, keep: (result: unknown) => void): Difference | undefined {
    return judged(fact, (payload) => {
      const { stream, version } = fact;
      if (fact.type !== this.registry.fact) return { stream, version, what: 'its type' };
      this.tally.decided += 1;
      keep(payload.result);
      return resultDifference(fact, payload.result, payload.command);
    });
  }
}

export const judgeInstitutions = (client: Client): Judge => new JudgeRegistry(client, INSTITUTIONS);
export const judgePractitioners = (client: Client): Judge =>
  new JudgeRegistry(client, PRACTITIONERS);

const DOCUMENTS: TableShape = {
  table: 'policy_document',
  key: `'documents/' || kind || '/' || id`,
  stream: `'documents/' || kind || '/' || id`,
  order: 'loaded_seq',
  columns: [
    { name: 'kind' },
    { name: 'id' },
    { name: 'version' },
    { name: 'hash' },
    { name: 'loaded_at', sql: '(extract(epoch from loaded_at) * 1000)::float8', figure: true },
  ],
};

/** The loading of policy packs and agreements: every version stored, and no other. */
export class JudgeDocuments implements Judge {
  readonly tally = new Tally();
  private readonly rows: RowCheck;

  constructor(client: Client) {
    this.rows = new RowCheck(client, DOCUMENTS);
  }

  stream({ stream, facts, whole }: AuditedStream) {
    const rows: (readonly Cell[])[] = [];
    for (const fact of facts) {
      const difference = judged(fact, (payload) => {
        this.tally.decided += 1;
        const { kind, ...ref } = payload.command as Readonly<Record<string, string>>;
        rows.push([kind, ref['id'], ref['version'], ref['hash'], fact.recordedAt]);
        return resultDifference(fact, payload.result, ref);
      });
      if (difference !== undefined) return difference;
    }
    if (!whole) return undefined;
    this.tally.add('rows policy_document', BigInt(rows.length));
    return this.rows.expect(stream, { stream, version: facts.at(-1)?.version ?? 0 }, rows);
  }

  end(): Promise<Difference | undefined> {
    return this.rows.flush();
  }
}
