import {
  type AgreementWire,
  canonicalText,
  type PolicyPackWire,
  type Problem,
  validateAgreement,
  validatePack,
} from '@domain/benefit';
import type { Instant, Refusal } from '@domain/kernel';
import type { DocumentRef } from '@domain/settlement';
import type { Actor, UnitOfWork } from '@lib/journal';
import { type DocumentKind, type Documents, hashOfText } from '../storage/documents';
import { documentStream } from './streams';

const FACTS = { pack: 'PolicyPackLoaded.v1', agreement: 'AgreementLoaded.v1' } as const;

export interface LoadDocumentsDependencies {
  readonly work: UnitOfWork;
  readonly documents: Documents;
  readonly knownDiseases: ReadonlySet<string>;
  readonly now: () => Instant;
}

/**
 * Loads dated versions of policy packs and agreements. They are stored under the hash of their canonical text and never
 * change or go; loading the same text again is no effect. Each new one leaves a fact with the operator who loaded it.
 */
export class LoadDocuments {
  constructor(private readonly dependencies: LoadDocumentsDependencies) {}

  /**
   * The reference by which decisions will name a document that has the form of one. Refuses with `policy.invalid`, naming the first field and all problems,
   * and with `policy.version-taken` where the version stands with another text.
   */
  async load(
    kind: DocumentKind,
    document: PolicyPackWire | AgreementWire,
    actor: Actor,
  ): Promise<DocumentRef | Refusal> {
    const { documents } = this.dependencies;
    await documents.refresh();
    const problems = this.problemsOf(kind, document);
    const [first] = problems;
    if (first !== undefined) return { refused: 'policy.invalid', field: first.path, problems };
    const { id, version } = document;
    const text = canonicalText(document);
    const ref = { id, version, hash: hashOfText(text) };
    const stored = await this.store({ kind, ref, text, actor });
    await documents.refresh();
    return stored;
  }

  private problemsOf(
    kind: DocumentKind,
    document: PolicyPackWire | AgreementWire,
  ): readonly Problem[] {
    const { documents, knownDiseases } = this.dependencies;
    return kind === 'pack'
      ? validatePack(document as PolicyPackWire, { packs: documents.allPacks(), knownDiseases })
      : validateAgreement(document as AgreementWire, {
          agreements: documents.allAgreements(),
          knownDiseases,
        });
  }

  private store({ kind, ref, text, actor }: Loaded): Promise<DocumentRef | Refusal> {
    const { work, now } = this.dependencies;
    const stream = documentStream(kind, ref.id);
    return work.run(async (tx) => {
      await tx.lock([stream]);
      const recordedAt = now();
      const [known] = await tx.query<{ hash: string }>({
        text: 'select hash from policy_document where kind = $1 and id = $2 and version = $3',
        values: [kind, ref.id, ref.version],
      });
      if (known?.hash === ref.hash) return ref;
      if (known !== undefined) {
        return {
          refused: 'policy.version-taken',
          field: 'version',
          id: ref.id,
          version: ref.version,
        };
      }
      await tx.query({
        text: `insert into policy_document (hash, kind, id, version, loaded_at, text)
          values ($1, $2, $3, $4, to_timestamp($5::double precision / 1000), $6)`,
        values: [ref.hash, kind, ref.id, ref.version, recordedAt, text],
      });
      const payload = JSON.stringify({ command: { kind, ...ref }, inputs: {}, result: ref });
      tx.append({ stream, type: FACTS[kind], payload, actor, recordedAt });
      return ref;
    });
  }
}

interface Loaded {
  readonly kind: DocumentKind;
  readonly ref: DocumentRef;
  readonly text: string;
  readonly actor: Actor;
}
