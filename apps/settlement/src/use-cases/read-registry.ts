import type { DocumentRef } from '@domain/settlement';
import type { Dated, Documents } from '../storage/documents';
import type { Pool } from '@lib/journal';
import { listInstitutions, listPractitioners } from '../storage/registry-queries';

const PAGE = 100;

/** The registry of institutions and the dated documents, as anyone with a credential may read them. */
export class ReadRegistry {
  constructor(
    private readonly pool: Pool,
    private readonly documents: Documents,
  ) {}

  /** A page of a city's institutions in the order of their codes; `next` is where the following page begins. */
  async institutions(query: {
    readonly city: string;
    readonly kind?: string;
    readonly cursor?: string;
    readonly limit?: number;
  }) {
    const limit = query.limit ?? PAGE;
    const institutions = await listInstitutions(this.pool, { ...query, limit: limit + 1 });
    const page = institutions.slice(0, limit);
    const last = page.at(-1);
    return institutions.length > limit && last !== undefined
      ? { institutions: page, next: last.institutionCode }
      : { institutions: page };
  }

  async practitioners(institutionCode: string) {
    return { practitioners: await listPractitioners(this.pool, institutionCode) };
  }

  /** The packs of a city in force on a day, one for each insurance. */
  packs(city: string, on: string) {
    const found = (['employee', 'resident'] as const).flatMap(
      (insurance) => this.documents.packFor(city, insurance, on) ?? [],
    );
    return { documents: found.map((one) => this.shown(one)) };
  }

  /** The agreement of a directed pair in force on a day, or none. */
  agreements(pair: { readonly insuredCity: string; readonly careCity: string }, on: string) {
    const found = this.documents.agreementFor(pair.insuredCity, pair.careCity, on);
    return { documents: found === undefined ? [] : [this.shown(found)] };
  }

  private shown({ ref }: Dated<unknown>): DocumentRef & { readonly document: unknown } {
    return { ...ref, document: JSON.parse(this.documents.textOf(ref.hash) ?? 'null') };
  }
}
