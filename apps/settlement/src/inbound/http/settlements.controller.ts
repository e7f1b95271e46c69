import type { Refusal } from '@domain/kernel';
import { isRefusal } from '@domain/kernel';
import { actorOf, type Caller, holdsCity, scopeOf, settlementRoutes, Visit } from '@lib/contracts';
import {
  type Call,
  checked,
  Clock,
  compileCheck,
  Endpoint,
  PersonalDataKeys,
  raw,
  type RawAnswer,
  refuse,
  TheCall,
} from '@lib/edge';
import { Controller } from '@nestjs/common';
import type { SettleVisit } from '../../use-cases/commands';
import { Overloaded } from '../../use-cases/micro-batcher';
import { PreviewVisit } from '../../use-cases/preview-visit';
import { ReverseSettlements } from '../../use-cases/reverse-settlement';
import { SettlementQueue } from '../../use-cases/settlement-queue';
import { type Answer, answerOf, refusedAnswer } from '../answers';
import { visitCommand } from '../visit-door';

const OVERLOADED: Refusal = { refused: 'edge.overloaded' };
const RETRY_AFTER = { 'retry-after': '1' };
const REPLAYED = { 'idempotency-replayed': 'true' };
const KEY_FORM = /^[\x21-\x7e]{1,128}$/;

const checkVisitSchema = compileCheck(Visit);
const isVisit = checked(Visit);

/** The door for settling, previewing and reversing over HTTP. */
@Controller()
export class SettlementsController {
  constructor(
    private readonly queue: SettlementQueue,
    private readonly preview: PreviewVisit,
    private readonly reversals: ReverseSettlements,
    private readonly keys: PersonalDataKeys,
    private readonly clock: Clock,
  ) {}

  @Endpoint(settlementRoutes.settle)
  async settle(@TheCall() call: Call<typeof settlementRoutes.settle>): Promise<RawAnswer> {
    const receivedAt = this.clock.now();
    const { caller, body, idempotencyKey: key } = call;
    const command = visitCommand(body, { caller, key, receivedAt }, this.keys);
    if (isRefusal(command)) return refuse(command);
    return sent(await this.settled(command));
  }

  @Endpoint(settlementRoutes.settleBatch)
  async settleBatch(
    @TheCall() call: Call<typeof settlementRoutes.settleBatch>,
  ): Promise<RawAnswer> {
    const answers = await Promise.all(
      call.body.visits.map((item) => this.settleItem(item, call.caller)),
    );
    const results = answers.map(
      ({ status, replayed, json }) => `{"status":${status},"replayed":${replayed},"body":${json}}`,
    );
    return raw(200, `{"results":[${results.join(',')}]}`);
  }

  @Endpoint(settlementRoutes.preview)
  async previewVisit(@TheCall() call: Call<typeof settlementRoutes.preview>): Promise<RawAnswer> {
    const { caller, body } = call;
    const receivedAt = this.clock.now();
    const command = visitCommand(body, { caller, key: '', receivedAt }, this.keys);
    if (isRefusal(command)) return refuse(command);
    const answer = answerOf(await this.preview.execute(command));
    return sent(answer.status === 201 ? { ...answer, status: 200 } : answer);
  }

  @Endpoint(settlementRoutes.reverse)
  async reverse(@TheCall() call: Call<typeof settlementRoutes.reverse>): Promise<RawAnswer> {
    const { caller, params, body, idempotencyKey: key } = call;
    const command = { settlementNo: params.settlementNo, reason: body.reason };
    const outcome = await this.reversals.execute({
      key: { scope: scopeOf(caller), key, inputHash: this.keys.inputHash(command) },
      actor: actorOf(caller),
      command,
      careCity: caller.cities[0] ?? '',
    });
    return sent(answerOf(outcome));
  }

  /** A malformed visit fails alone: it is answered like a call of its own would be. */
  private async settleItem(item: unknown, caller: Caller): Promise<Answer> {
    const command = this.readItem(item, caller);
    return isRefusal(command) ? refusedAnswer(command) : this.settled(command);
  }

  private readItem(item: unknown, caller: Caller) {
    if (typeof item !== 'object' || item === null) return { refused: 'edge.field-invalid' };
    const { idempotencyKey: key, ...visit } = item as Record<string, unknown>;
    if (typeof key !== 'string' || !KEY_FORM.test(key)) {
      const refused = key === undefined ? 'idempotency.key-missing' : 'idempotency.key-invalid';
      return { refused, field: 'idempotencyKey' };
    }
    if (!isVisit(visit)) return checkVisitSchema(visit) ?? { refused: 'edge.field-invalid' };
    if (!holdsCity(caller, visit.careCity)) {
      return { refused: 'edge.city-not-allowed', field: 'careCity' };
    }
    return visitCommand(visit, { caller, key, receivedAt: this.clock.now() }, this.keys);
  }

  private async settled(command: SettleVisit): Promise<Answer> {
    try {
      return answerOf(await this.queue.settle(command));
    } catch (error) {
      if (error instanceof Overloaded) return refusedAnswer(OVERLOADED);
      throw error;
    }
  }
}

function sent({ status, replayed, json }: Answer): RawAnswer {
  if (status === 503) return raw(status, json, RETRY_AFTER);
  return replayed ? raw(status, json, REPLAYED) : raw(status, json);
}
