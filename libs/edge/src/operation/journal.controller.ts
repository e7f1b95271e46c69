import { formatInstant, isRefusal, type Refusal } from '@domain/kernel';
import type { CommonContracts } from '@lib/contracts';
import type { StoredFact } from '@lib/journal';
import { Controller } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { type Call, TheCall } from '../call';
import { Endpoint } from '../endpoint';
import { type FactPage, JournalReader } from './ports';

const PAGE = 100;

/** The journal as auditors read it. */
export function journalController(contracts: CommonContracts) {
  type Contracts = CommonContracts;

  @Controller()
  class JournalController {
    constructor(private readonly modules: ModuleRef) {}

    @Endpoint(contracts.journal)
    async journal(@TheCall() call: Call<Contracts['journal']>) {
      const { after, limit = PAGE } = call.query;
      return shown(await this.reader().page({ after, limit }));
    }

    @Endpoint(contracts.stream)
    async stream(@TheCall() call: Call<Contracts['stream']>) {
      const { after, limit = PAGE } = call.query;
      return shown(await this.reader().stream(call.params.stream, { after, limit }));
    }

    private reader(): JournalReader {
      return this.modules.get(JournalReader, { strict: false });
    }
  }
  return JournalController;
}

function shown(page: FactPage | Refusal) {
  if (isRefusal(page)) return page;
  const facts = page.facts.map(shownFact);
  return page.next === undefined ? { facts } : { facts, next: page.next };
}

/** The payload stays the exact text that was hashed, so that an auditor can hash it again. */
const shownFact = (fact: StoredFact) => ({
  position: fact.position.toString(),
  stream: fact.stream,
  version: fact.version,
  type: fact.type,
  payload: fact.payload,
  actor: fact.actor,
  ...(fact.command === undefined ? {} : { commandKey: fact.command }),
  recordedAt: formatInstant(fact.recordedAt),
  previousHash: fact.previousHash,
  hash: fact.hash,
});
