import { instant, isRefusal, type Refusal } from '@domain/kernel';
import { partnerOf, Visit } from '@lib/contracts';
import { checked, type Clock, compileCheck, parseJson, type PersonalDataKeys } from '@lib/edge';
import type { IncomingMessage, OutgoingMessage, Publisher } from '@lib/journal';
import type { SettleVisit } from '../../use-cases/commands';
import { Overloaded } from '../../use-cases/micro-batcher';
import type { Outcome } from '../../use-cases/outcomes';
import type { SettlementQueue } from '../../use-cases/settlement-queue';
import { type Answer, answerOf, refusedAnswer } from '../answers';
import { visitCommand } from '../visit-door';

const REQUESTS = 'settlement.requests.';
const ANSWERS = 'settlement.answers.';
const KEY_FORM = /^[\x21-\x7e]{1,128}$/;
const RETRY_MS = 50;

const checkVisitSchema = compileCheck(Visit);
const isVisit = checked(Visit);

export interface RequestIntakeGround {
  readonly queue: SettlementQueue;
  readonly publisher: Publisher;
  readonly keys: PersonalDataKeys;
  readonly clock: Clock;
  readonly realNow?: () => number;
}

/**
 * Intake over Kafka (architecture §2, §11): a visit on the topic of a care city comes from that city's partner, which the
 * topic's access list proves. Every message is answered on the city's answer topic, malformed ones included, before its
 * offset is committed; a message that comes again gets its first answer again.
 */
export class RequestIntake {
  constructor(private readonly given: RequestIntakeGround) {}

  /** Settles what came and sends the answers. Rejects when the environment failed: the messages are then delivered again. */
  async receive(messages: readonly IncomingMessage[]): Promise<void> {
    const { clock, realNow = Date.now, publisher } = this.given;
    const offsetMs = clock.now() - realNow();
    const answered = await Promise.all(
      messages.map(async (message) => answerTo(message, await this.answer(message, offsetMs))),
    );
    await publisher.publish(answered);
  }

  private async answer(message: IncomingMessage, offsetMs: number): Promise<Answer> {
    const command = this.read(message, offsetMs);
    return isRefusal(command) ? refusedAnswer(command) : answerOf(await this.settle(command));
  }

  /** Kafka is the queue: what finds ours full waits its turn instead of being turned away. */
  private async settle(command: SettleVisit): Promise<Outcome> {
    for (;;) {
      try {
        return await this.given.queue.settle(command);
      } catch (error) {
        if (!(error instanceof Overloaded)) throw error;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  private read(message: IncomingMessage, offsetMs: number): SettleVisit | Refusal {
    const key = message.headers['idempotency-key'];
    if (key === undefined || !KEY_FORM.test(key)) {
      const refused = key === undefined ? 'idempotency.key-missing' : 'idempotency.key-invalid';
      return { refused, field: 'idempotency-key' };
    }
    const parsed = parseJson(message.value ?? Buffer.alloc(0));
    if (parsed.refusal !== undefined) return parsed.refusal;
    const visit = parsed.value;
    if (!isVisit(visit)) return checkVisitSchema(visit) ?? { refused: 'edge.field-invalid' };
    const caller = partnerOf(careCityOf(message.topic));
    if (visit.careCity !== caller.cities[0]) {
      return { refused: 'edge.city-not-allowed', field: 'careCity' };
    }
    // Measured from the first receipt, which is the broker's; business time may run ahead of it.
    const receivedAt = instant(message.timestampMs + offsetMs);
    return visitCommand(visit, { caller, key, receivedAt }, this.given.keys);
  }
}

const careCityOf = (topic: string): string => topic.slice(REQUESTS.length);

function answerTo(message: IncomingMessage, answer: Answer): OutgoingMessage {
  const key = message.headers['idempotency-key'];
  return {
    topic: `${ANSWERS}${careCityOf(message.topic)}`,
    key: message.key ?? key ?? '',
    value: answer.json,
    headers: {
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      status: String(answer.status),
      'idempotency-replayed': String(answer.replayed),
      'request-partition': String(message.partition),
      'request-offset': message.offset,
    },
  };
}
