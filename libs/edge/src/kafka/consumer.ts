import type { Kafka } from 'kafkajs';
import type { ConsumerStatus } from '../operation/ports';
import type { Logs } from '../logs';
import { ConsumerSession, type SessionSettings, withTimeout } from './consumer-session';
import { lagOf, missingTopics } from './lag';
import { type KafkaConsumer, TopicMissing } from './ports';

const FIRST_JOIN_MS = 10_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** A life this long makes the next pause short again. */
const LONG_LIFE_MS = 10_000;

/** Keeps one consumer of a group alive: starts a new one whenever the present one crashes, falls silent or never joins. */
export class ConsumerSupervisor implements KafkaConsumer {
  private session: ConsumerSession | undefined;
  private loop: Promise<void> | undefined;
  private stopping = false;
  private wake: () => void = () => undefined;
  private replaced = 0;
  private pauseMs = FIRST_PAUSE_MS;

  constructor(
    private readonly kafka: Kafka,
    private readonly logs: Logs,
    private readonly settings: SessionSettings,
  ) {}

  get alive(): boolean {
    return this.session?.alive ?? false;
  }

  async start(): Promise<void> {
    const missing = await missingTopics(this.kafka, this.settings.topics);
    if (missing.length > 0) throw new TopicMissing(missing);
    await new Promise<void>((resolve) => {
      const late = setTimeout(() => {
        this.logs.warn({ group: this.settings.groupId }, 'no broker yet, going on trying');
        resolve();
      }, FIRST_JOIN_MS);
      this.loop = this.live(() => {
        clearTimeout(late);
        resolve();
      });
    });
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.wake();
    await this.session?.dispose();
    await this.loop;
  }

  async status(): Promise<ConsumerStatus> {
    const { groupId: group, topics } = this.settings;
    const lag = await lagOf(this.kafka, group, topics);
    const oldest = this.session?.oldest;
    return {
      group,
      topics,
      running: this.alive,
      ...(lag === undefined ? {} : { lag }),
      oldestUnhandledMs: oldest === undefined ? 0 : Math.max(0, Date.now() - oldest),
      replaced: this.replaced,
    };
  }

  private async live(joined: () => void): Promise<void> {
    while (!this.stopped()) {
      const bornAt = Date.now();
      const session = new ConsumerSession(this.kafka, this.logs, this.settings);
      this.session = session;
      const reason = await this.lifeOf(session, joined);
      await session.dispose();
      if (this.stopped()) break;
      this.replaced++;
      this.logs.warn({ group: this.settings.groupId, reason }, 'a consumer is replaced');
      if (Date.now() - bornAt > LONG_LIFE_MS) this.pauseMs = FIRST_PAUSE_MS;
      await this.pause();
    }
    joined();
  }

  private async lifeOf(session: ConsumerSession, joined: () => void): Promise<string> {
    try {
      // A start may hang with its connection; the session's own watch ends it then.
      await Promise.race([session.start(), session.ended]);
      if (session.alive) joined();
      return await session.ended;
    } catch (err) {
      this.logs.warn({ err, group: this.settings.groupId }, 'a consumer could not start');
      return 'not started';
    }
  }

  private stopped(): boolean {
    return this.stopping;
  }

  private async pause(): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    await withTimeout(woken, this.pauseMs);
    this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
  }
}
