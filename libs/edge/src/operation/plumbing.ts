import type { Inbox, Relay } from '@lib/journal';
import type { Provider } from '@nestjs/common';
import type { KafkaConsumer, KafkaPublisher } from '../kafka';
import type { Running, ServiceParts } from '../start-service';
import { InboxParked } from './inbox-parked';
import { JournalReader, ParkedAdmin, type ServiceStatus, StatusSource } from './ports';

/** Everything of a service that runs beside its HTTP doors. */
export interface PlumbingParts {
  readonly relay: Relay;
  /** The consumers of other services' facts, each with its inbox. */
  readonly facts: readonly { readonly inbox: Inbox; readonly consumer: KafkaConsumer }[];
  /** Consumers of requests: they answer instead of parking. */
  readonly intakes?: readonly KafkaConsumer[];
  readonly publishers: readonly KafkaPublisher[];
  readonly journal: JournalReader;
  /** Asks the database for something small; rejects when it is not there. */
  readonly pingDatabase: () => Promise<Readonly<Record<string, unknown>>>;
  /** Timers and the like, started and stopped with the rest. */
  readonly running?: readonly Running[];
  /** Closed last. */
  readonly close: () => Promise<void>;
}

/** Starts, stops, watches and shows what runs beside the doors of a service: the same in all three. */
export class Plumbing {
  private readonly parked: InboxParked;

  constructor(private readonly given: PlumbingParts) {
    this.parked = new InboxParked(given.facts.map(({ inbox }) => inbox));
  }

  /** The ports of the common controllers, bound to a `Plumbing` that the module provides. */
  static providers(): Provider[] {
    return [
      {
        provide: StatusSource,
        inject: [Plumbing],
        useFactory: (plumbing: Plumbing) => ({ status: () => plumbing.status() }),
      },
      {
        provide: ParkedAdmin,
        inject: [Plumbing],
        useFactory: (plumbing: Plumbing) => plumbing.parked,
      },
      {
        provide: JournalReader,
        inject: [Plumbing],
        useFactory: (plumbing: Plumbing) => plumbing.given.journal,
      },
    ];
  }

  /** For `startService`: consumers are told to stop before the relay, so that their facts still go out. */
  serviceParts(): ServiceParts {
    const { relay, publishers, running = [], pingDatabase, close } = this.given;
    return {
      // Without a broker HTTP goes on, and what it writes waits in the journal: consumers are no part of readiness.
      ready: {
        database: async () => {
          await pingDatabase();
          return true;
        },
        relay: async () => (await relay.status()).role !== 'stopped',
      },
      running: [...running, ...this.consumers(), relay],
      close: [...publishers.map((publisher) => () => publisher.close()), close],
    };
  }

  private consumers(): readonly KafkaConsumer[] {
    return [...this.given.facts.map(({ consumer }) => consumer), ...(this.given.intakes ?? [])];
  }

  private async status(): Promise<ServiceStatus> {
    const [consumers, relay, parked, database] = await Promise.all([
      Promise.all(this.consumers().map((consumer) => consumer.status())),
      this.given.relay.status(),
      this.parked.count(),
      this.given.pingDatabase(),
    ]);
    const { positionSent, ...rest } = relay;
    return {
      consumers,
      relay: { ...rest, positionSent: positionSent.toString() },
      parked,
      database,
    };
  }
}
