import type { Instant } from '@domain/kernel';
import type { InstitutionChanged, PractitionerChanged } from '@lib/contracts';
import type { Actor, Transaction, UnitOfWork } from '@lib/journal';
import { institutionStream, practitionerStream } from './streams';

export interface Registry {
  readonly institutions: readonly InstitutionChanged[];
  readonly practitioners: readonly PractitionerChanged[];
}

const CHUNK = 500;

export interface LoadRegistryDependencies {
  readonly work: UnitOfWork;
  readonly now: () => Instant;
}

/**
 * 两定机构名录: brings the registry of institutions and practitioners up to what is given. Each entry that is new or
 * differs becomes a fact, which cross-check follows; an entry that stands as given is left alone.
 */
export class LoadRegistry {
  constructor(private readonly dependencies: LoadRegistryDependencies) {}

  /** The number of entries that changed. */
  async load(registry: Registry, actor: Actor): Promise<number> {
    let changed = 0;
    for (const entries of chunksOf(registry.institutions)) {
      changed += await this.dependencies.work.run((tx) =>
        this.put(tx, INSTITUTIONS, entries, actor),
      );
    }
    for (const entries of chunksOf(registry.practitioners)) {
      changed += await this.dependencies.work.run((tx) =>
        this.put(tx, PRACTITIONERS, entries, actor),
      );
    }
    return changed;
  }

  private async put<Entry>(
    tx: Transaction,
    kind: EntryKind<Entry>,
    entries: readonly Entry[],
    actor: Actor,
  ): Promise<number> {
    const heads = await tx.lock(entries.map((entry) => kind.streamOf(entry)));
    const recordedAt = this.dependencies.now();
    const changed: { readonly entry: Entry; readonly version: number }[] = [];
    for (const entry of entries) {
      const stream = kind.streamOf(entry);
      const state = JSON.stringify(entry);
      if (heads.get(stream)?.state === state) continue;
      const payload = JSON.stringify({ command: entry, inputs: {}, result: entry });
      const version = tx.append({ stream, type: kind.fact, payload, actor, recordedAt });
      tx.setState(stream, state);
      changed.push({ entry, version });
    }
    if (changed.length > 0) {
      await tx.query({ text: kind.upsert, values: [JSON.stringify(changed.map(rowOf))] });
    }
    return changed.length;
  }
}

interface EntryKind<Entry> {
  readonly fact: string;
  readonly streamOf: (entry: Entry) => string;
  readonly upsert: string;
}

const INSTITUTIONS: EntryKind<InstitutionChanged> = {
  fact: 'InstitutionChanged.v1',
  streamOf: ({ institutionCode }) => institutionStream(institutionCode),
  upsert: `insert into institution (institution_code, name, city, county, level, kind, mutual_pharmacy, state, version)
    select "institutionCode", name, city, county, level, kind, "mutualPharmacy", state, version
    from jsonb_to_recordset($1::jsonb) as r ("institutionCode" text, name text, city text, county text, level smallint,
      kind text, "mutualPharmacy" boolean, state text, version bigint)
    on conflict (institution_code) do update set name = excluded.name, city = excluded.city, county = excluded.county,
      level = excluded.level, kind = excluded.kind, mutual_pharmacy = excluded.mutual_pharmacy,
      state = excluded.state, version = excluded.version`,
};

const PRACTITIONERS: EntryKind<PractitionerChanged> = {
  fact: 'PractitionerChanged.v1',
  streamOf: ({ doctorCode }) => practitionerStream(doctorCode),
  upsert: `insert into practitioner (doctor_code, institution_code, state, version)
    select "doctorCode", "institutionCode", state, version
    from jsonb_to_recordset($1::jsonb) as r ("doctorCode" text, "institutionCode" text, state text, version bigint)
    on conflict (doctor_code) do update set institution_code = excluded.institution_code,
      state = excluded.state, version = excluded.version`,
};

const rowOf = ({ entry, version }: { readonly entry: unknown; readonly version: number }) => ({
  ...(entry as object),
  version,
});

function* chunksOf<Entry>(entries: readonly Entry[]): Generator<readonly Entry[]> {
  for (let start = 0; start < entries.length; start += CHUNK)
    yield entries.slice(start, start + CHUNK);
}
