import {
  addDays,
  civilDate,
  dateOf,
  type Instant,
  instant,
  isRefusal,
  parseCivilDate,
  parseInstant,
  type Refusal,
  startOfDay,
} from '@domain/kernel';
import { actorOf, type CoverageQueryBody, enrolmentRoutes } from '@lib/contracts';
import { type Call, Clock, Endpoint, PersonalDataKeys, raw, TheCall } from '@lib/edge';
import { Controller } from '@nestjs/common';
import { type CoverageQuery, QueryCoverage } from '../../use-cases/query-coverage';
import { ReadAccessLog } from '../../use-cases/read-access-log';
import { hashCertificate, hashNumber, identityInText } from './seal';

const PAGE = 100;
const OK = 200;

/** Who asks about persons, and who asked. */
@Controller()
export class CoverageController {
  constructor(
    private readonly coverage: QueryCoverage,
    private readonly accesses: ReadAccessLog,
    private readonly keys: PersonalDataKeys,
    private readonly clock: Clock,
  ) {}

  @Endpoint(enrolmentRoutes.queryCoverage)
  async query(@TheCall() call: Call<typeof enrolmentRoutes.queryCoverage>) {
    const { body, caller } = call;
    const { insuredCity, diseaseCode, purpose, reference, knownOn } = body;
    const person = this.personOf(body);
    if (isRefusal(person)) return person;
    const identities = [body.personNo, body.certificateNo];
    const refusal = identityInText({ purpose, reference, diseaseCode }, identities);
    if (refusal !== undefined) return refusal;
    const reply = await this.coverage.execute({
      caller,
      actor: actorOf(caller),
      insuredCity,
      person,
      on: body.on === undefined ? dateOf(this.clock.now()) : civilDate(body.on),
      ...(knownOn === undefined ? {} : { knownOn, knownAt: endOf(knownOn) }),
      ...(diseaseCode === undefined ? {} : { diseaseCode }),
      purpose,
      ...(reference === undefined ? {} : { reference }),
    });
    return isRefusal(reply) ? reply : raw(OK, JSON.stringify(reply, integers));
  }

  @Endpoint(enrolmentRoutes.accessLog)
  accessLog(@TheCall() call: Call<typeof enrolmentRoutes.accessLog>) {
    const { limit = PAGE, ...query } = call.query;
    return this.accesses.execute(call.caller, { ...query, limit });
  }

  /** Either the number or the certificate names the person; the number goes first. */
  private personOf(body: CoverageQueryBody): CoverageQuery['person'] | Refusal {
    const { insuredCity, personNo, certificateType, certificateNo } = body;
    if (personNo !== undefined) {
      const number = hashNumber(this.keys, { insuredCity, personNo });
      return isRefusal(number) ? number : { by: 'personNo', number: number.question };
    }
    if (certificateType === undefined || certificateNo === undefined) {
      return { refused: 'edge.field-missing', field: 'personNo' };
    }
    const { hash } = hashCertificate(this.keys, { certificateType, certificateNo });
    return { by: 'certificate', hash };
  }
}

/** The moment until which facts are known: a moment itself, or the last of a day. */
function endOf(knownOn: string): Instant {
  const day = parseCivilDate(knownOn);
  if (day !== undefined) return instant(startOfDay(addDays(day, 1)) - 1);
  const at = parseInstant(knownOn);
  if (at === undefined) throw new RangeError('the door let a moment pass that is none');
  return at;
}

const integers = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? Number(value) : value;
