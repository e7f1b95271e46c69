import {
  type Caller,
  crossCheckContracts,
  mayRead,
  type SuspicionRaisedResult,
} from '@lib/contracts';
import { type Call, Endpoint, TheCall } from '@lib/edge';
import { Controller } from '@nestjs/common';
import { ReadSuspicions, type Sight } from '../../use-cases/read-suspicions';

const { suspicions, suspicion } = crossCheckContracts;

/** Reading suspicions: each caller sees those of its own cities. */
@Controller()
export class SuspicionsController {
  constructor(private readonly reading: ReadSuspicions) {}

  @Endpoint(suspicions)
  list(@TheCall() { caller, query }: Call<typeof suspicions>) {
    return this.reading.list(query, sightOf(caller));
  }

  @Endpoint(suspicion)
  get(@TheCall() { caller, params }: Call<typeof suspicion>) {
    return this.reading.get(params.id, (result) => isParty(caller, result));
  }
}

/** The places of a caller: its cities, or the whole province for those who stand for one. */
function sightOf(caller: Caller): Sight {
  if (caller.role === 'operator' || caller.role === 'auditor') return 'everything';
  const { cities } = caller;
  return { places: caller.role === 'province' ? cities.map((city) => city.slice(0, 2)) : cities };
}

/** The insured cities and the care cities involved, their provinces, operator and auditor (api.md §1). */
const isParty = (caller: Caller, { involved }: SuspicionRaisedResult): boolean =>
  involved.some(({ insuredCity, careCity }) => mayRead(caller, { insuredCity, careCity }));
