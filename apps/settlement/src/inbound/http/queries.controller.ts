import { dateOf } from '@domain/kernel';
import { mayRead, settlementRoutes } from '@lib/contracts';
import { type Call, Clock, Endpoint, TheCall } from '@lib/edge';
import { Controller } from '@nestjs/common';
import type { FoundSettlement } from '../../storage/settlement-queries';
import { ReadRegistry } from '../../use-cases/read-registry';
import { ReadSettlements } from '../../use-cases/read-settlements';

const NOT_FOUND = { refused: 'settlement.not-found' };

/** What parties and auditors may read of settlements, and anyone of the dated data they rest on. */
@Controller()
export class QueriesController {
  constructor(
    private readonly settlements: ReadSettlements,
    private readonly registry: ReadRegistry,
    private readonly clock: Clock,
  ) {}

  @Endpoint(settlementRoutes.settlement)
  async settlement(@TheCall() call: Call<typeof settlementRoutes.settlement>) {
    const found = await this.settlements.byNo(call.params.settlementNo);
    // A stranger is told what an unknown number is told.
    return found !== undefined && mayRead(call.caller, found) ? shown(found) : NOT_FOUND;
  }

  @Endpoint(settlementRoutes.findSettlements)
  async find(@TheCall() call: Call<typeof settlementRoutes.findSettlements>) {
    const found = await this.settlements.byVisit(call.query);
    const own = (one: FoundSettlement): boolean => mayRead(call.caller, one);
    return { settlements: found.filter(own).map(shown) };
  }

  @Endpoint(settlementRoutes.institutions)
  institutions(@TheCall() call: Call<typeof settlementRoutes.institutions>) {
    return this.registry.institutions(call.query);
  }

  @Endpoint(settlementRoutes.practitioners)
  practitioners(@TheCall() call: Call<typeof settlementRoutes.practitioners>) {
    return this.registry.practitioners(call.query.institutionCode);
  }

  @Endpoint(settlementRoutes.policyPacks)
  policyPacks(@TheCall() call: Call<typeof settlementRoutes.policyPacks>) {
    const { city, on } = call.query;
    return this.registry.packs(city, on ?? dateOf(this.clock.now()));
  }

  @Endpoint(settlementRoutes.agreements)
  agreements(@TheCall() call: Call<typeof settlementRoutes.agreements>) {
    const { on, ...pair } = call.query;
    return this.registry.agreements(pair, on ?? dateOf(this.clock.now()));
  }
}

function shown(found: FoundSettlement) {
  const { fact, reversalNo, ...rest } = found;
  const part = fact.result.settlements.find(
    ({ settlementNo }) => settlementNo === found.settlementNo,
  );
  const { lineNos: _lineNos, postings: _postings, ...settlement } = part ?? {};
  return {
    ...rest,
    state: reversalNo === undefined ? 'settled' : 'reversed',
    ...(reversalNo === undefined ? {} : { reversalNo }),
    visitGroupNo: fact.result.visitGroupNo,
    personKey: fact.result.personKey,
    settlement,
    policy: fact.inputs.pack,
    screening: fact.inputs.screening,
    visit: fact.command,
  };
}
