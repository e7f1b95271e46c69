import { isRefusal } from '@domain/kernel';
import { actorOf, enrolmentRoutes, scopeOf } from '@lib/contracts';
import { type Call, Endpoint, PersonalDataKeys, type RawAnswer, refuse, TheCall } from '@lib/edge';
import { Controller } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { type Change, ChangePerson } from '../../use-cases/change-person';
import { RegisterPersons } from '../../use-cases/register-persons';
import { registrationOf } from './registration-door';
import { rendered } from './render';
import { hashNumber, type HashedNumber, identityInText } from './seal';

/** The part of a call that every write shares. */
type WriteCall = Pick<Call, 'caller' | 'idempotencyKey'>;

/** The doors through which persons, their rights and payments are registered. */
@Controller()
export class EnrolmentsController {
  constructor(
    private readonly registering: RegisterPersons,
    private readonly changing: ChangePerson,
    private readonly keys: PersonalDataKeys,
  ) {}

  @Endpoint(enrolmentRoutes.enrol)
  async enrol(@TheCall() call: Call<typeof enrolmentRoutes.enrol>): Promise<RawAnswer> {
    const { caller, body, idempotencyKey: key } = call;
    const registration = registrationOf(body, { caller, key }, this.keys);
    if (isRefusal(registration)) return refuse(registration);
    const [answer] = await this.registering.execute([registration]);
    if (answer === undefined) throw new Error('a registration without an answer');
    return rendered(answer);
  }

  @Endpoint(enrolmentRoutes.contribute)
  contribute(@TheCall() call: Call<typeof enrolmentRoutes.contribute>): Promise<RawAnswer> {
    const { personNo, ...body } = call.body;
    const refusal = identityInText({ payer: body.payer }, [personNo]);
    if (refusal !== undefined) return Promise.resolve(refuse(refusal));
    return this.changeNumbered(call, call.body, ({ personNoHash }) => ({
      kind: 'contribute',
      command: { ...body, personNoHash },
    }));
  }

  @Endpoint(enrolmentRoutes.grantQualification)
  grant(@TheCall() call: Call<typeof enrolmentRoutes.grantQualification>): Promise<RawAnswer> {
    const { personNo: _number, ...body } = call.body;
    return this.changeNumbered(call, call.body, ({ personNoHash }) => ({
      kind: 'grant',
      command: { ...body, personNoHash },
      qualificationId: newId(),
    }));
  }

  @Endpoint(enrolmentRoutes.endQualification)
  end(@TheCall() call: Call<typeof enrolmentRoutes.endQualification>): Promise<RawAnswer> {
    const command = { qualificationId: call.params.id, ...call.body };
    return this.changeById(call, { kind: 'end', command });
  }

  @Endpoint(enrolmentRoutes.makeFiling)
  file(@TheCall() call: Call<typeof enrolmentRoutes.makeFiling>): Promise<RawAnswer> {
    const { personNo: _number, ...body } = call.body;
    return this.changeNumbered(call, call.body, ({ personNoHash }) => ({
      kind: 'file',
      command: { ...body, personNoHash },
      filingId: newId(),
    }));
  }

  @Endpoint(enrolmentRoutes.cancelFiling)
  cancel(@TheCall() call: Call<typeof enrolmentRoutes.cancelFiling>): Promise<RawAnswer> {
    const command = { filingId: call.params.id, ...call.body };
    return this.changeById(call, { kind: 'cancel', command });
  }

  private async changeNumbered(
    call: WriteCall,
    body: { readonly insuredCity: string; readonly personNo: string },
    changeOf: (number: HashedNumber) => Change,
  ): Promise<RawAnswer> {
    const number = hashNumber(this.keys, body);
    if (isRefusal(number)) return refuse(number);
    const change = changeOf(number);
    return this.change(call, { change, number: number.question }, { kind: change.kind, ...body });
  }

  private async changeById(
    call: WriteCall,
    change: Extract<Change, { readonly kind: 'end' | 'cancel' }>,
  ): Promise<RawAnswer> {
    const refusal = identityInText({ reason: change.command.reason }, []);
    if (refusal !== undefined) return refuse(refusal);
    return this.change(call, { change }, { kind: change.kind, ...change.command });
  }

  /** The key is bound to what was asked, and to which of the writes it was asked of. */
  private async change(
    { caller, idempotencyKey: key }: WriteCall,
    asked: Pick<Parameters<ChangePerson['execute']>[0], 'change' | 'number'>,
    input: object,
  ): Promise<RawAnswer> {
    const answer = await this.changing.execute({
      key: { scope: scopeOf(caller), key, inputHash: this.keys.inputHash(input) },
      actor: actorOf(caller),
      caller,
      ...asked,
    });
    return rendered(answer);
  }
}
