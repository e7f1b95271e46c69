import { isRefusal } from '@domain/kernel';
import { crossCheckContracts } from '@lib/contracts';
import { answer, type Call, Endpoint, PersonalDataKeys, refuse, TheCall } from '@lib/edge';
import { Controller } from '@nestjs/common';
import { ScreenVisits } from '../../use-cases/screen-visits';
import { partnerVisits, recordedVisits } from '../screening-door';

const { screen } = crossCheckContracts;

/** The door for screening: settlement asks about whole micro-batches, partners about what they are about to prescribe. */
@Controller()
export class ScreeningsController {
  constructor(
    private readonly screenings: ScreenVisits,
    private readonly keys: PersonalDataKeys,
  ) {}

  @Endpoint(screen)
  async screen(@TheCall() { caller, body }: Call<typeof screen>) {
    if (caller.role === 'service') {
      const visits = recordedVisits(body.visits);
      if (isRefusal(visits)) return refuse(visits);
      return answer(200, this.screenings.withSubjects(body.stage, visits));
    }
    const visits = partnerVisits(body.visits, caller, this.keys.personNo);
    if (isRefusal(visits)) return refuse(visits);
    return answer(200, await this.screenings.lookingUp(body.stage, visits));
  }
}
