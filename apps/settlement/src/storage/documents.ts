import { createHash } from 'node:crypto';
import {
  type Agreement,
  agreementFor,
  agreementFromWire,
  type AgreementWire,
  packFromWire,
  packInForce,
  type PolicyPack,
  type PolicyPackWire,
} from '@domain/benefit';
import type { Insurance } from '@domain/enrolment';
import type { DocumentRef } from '@domain/settlement';
import type { Pool } from '@lib/journal';

export type DocumentKind = 'pack' | 'agreement';

/** A document with the reference by which facts name it. */
export interface Dated<Document> {
  readonly ref: DocumentRef;
  readonly document: Document;
}

/** The hash by which facts name a document: of its canonical text (`canonicalText`). */
export const hashOfText = (text: string): string => createHash('sha256').update(text).digest('hex');

interface DocumentRow {
  readonly hash: string;
  readonly kind: DocumentKind;
  readonly id: string;
  readonly version: string;
  readonly loaded_seq: string;
  readonly text: string;
}

/**
 * The policy packs and agreements of the ten cities, in memory: they are few, every decision needs them, and documents
 * once loaded never change or go. `refresh` brings what was loaded since, by this process or another.
 */
export class Documents {
  private packs: PolicyPack[] = [];
  private agreements: Agreement[] = [];
  private readonly refs = new Map<PolicyPack | Agreement, DocumentRef>();
  private readonly packsByHash = new Map<string, PolicyPack>();
  private readonly agreementsByHash = new Map<string, Agreement>();
  private readonly texts = new Map<string, string>();
  private last = '0';

  constructor(private readonly pool: Pool) {}

  async refresh(): Promise<void> {
    const rows = await this.pool.query<DocumentRow>({
      name: 'documents-since',
      text: 'select hash, kind, id, version, loaded_seq, text from policy_document where loaded_seq > $1 order by loaded_seq',
      values: [this.last],
    });
    for (const row of rows) {
      this.add(row);
      this.last = row.loaded_seq;
    }
  }

  /** The pack in force for a city and insurance on a day. */
  packFor(insuredCity: string, insurance: Insurance, on: string): Dated<PolicyPack> | undefined {
    return this.dated(packInForce(this.packs, insuredCity, insurance, on));
  }

  /** The agreement of a directed pair in force on a day. */
  agreementFor(insuredCity: string, careCity: string, on: string): Dated<Agreement> | undefined {
    return this.dated(agreementFor(this.agreements, insuredCity, careCity, on));
  }

  packByHash(hash: string): PolicyPack | undefined {
    return this.packsByHash.get(hash);
  }

  agreementByHash(hash: string): Agreement | undefined {
    return this.agreementsByHash.get(hash);
  }

  /** The exact text that was hashed. */
  textOf(hash: string): string | undefined {
    return this.texts.get(hash);
  }

  /** Every pack ever loaded, as documents: what a new one is checked against. */
  allPacks(): readonly PolicyPackWire[] {
    return this.packs.map((pack) => JSON.parse(this.textOfDocument(pack)) as PolicyPackWire);
  }

  /** Every agreement ever loaded, as documents. */
  allAgreements(): readonly AgreementWire[] {
    return this.agreements.map((one) => JSON.parse(this.textOfDocument(one)) as AgreementWire);
  }

  private textOfDocument(document: PolicyPack | Agreement): string {
    return this.texts.get(this.refs.get(document)?.hash ?? '') ?? '';
  }

  private dated<Document extends PolicyPack | Agreement>(
    document: Document | undefined,
  ): Dated<Document> | undefined {
    const ref = document === undefined ? undefined : this.refs.get(document);
    return document === undefined || ref === undefined ? undefined : { ref, document };
  }

  private add({ hash, kind, id, version, text }: DocumentRow): void {
    const ref = { id, version, hash };
    this.texts.set(hash, text);
    if (kind === 'pack') {
      const pack = packFromWire(JSON.parse(text) as PolicyPackWire);
      this.packs = [...this.packs, pack];
      this.packsByHash.set(hash, pack);
      this.refs.set(pack, ref);
    } else {
      const agreement = agreementFromWire(JSON.parse(text) as AgreementWire);
      this.agreements = [...this.agreements, agreement];
      this.agreementsByHash.set(hash, agreement);
      this.refs.set(agreement, ref);
    }
  }
}
