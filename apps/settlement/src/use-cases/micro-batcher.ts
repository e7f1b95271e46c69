/** Decides and stores a batch of commands in one transaction; answers in the order of the commands. */
export type ExecuteBatch<Command, Answer> = (
  commands: readonly Command[],
  lane: number,
) => Promise<readonly Answer[]>;

export interface MicroBatcherOptions {
  /** Batches under way at once: each holds a connection while it writes. */
  readonly lanes: number;
  readonly maxBatch: number;
  /** Commands waiting beyond this are turned away at once. */
  readonly maxWaiting: number;
  /** Whether an error may be the fault of one command, so that halving finds it. */
  readonly isCulpable: (error: unknown) => boolean;
}

/** Too much is waiting already: the caller answers 503 with Retry-After. */
export class Overloaded extends Error {}

interface Waiting<Command, Answer> {
  readonly command: Command;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets commands that arrive together share a transaction (architecture §3). A command alone does not wait for company:
 * it starts as soon as a lane is free, and whatever came in while all lanes were busy goes next as one batch. If a batch
 * is refused by the database, it is halved until the culprit stands alone; the others are answered as usual.
 */
export class MicroBatcher<Command, Answer> {
  private readonly waiting: Waiting<Command, Answer>[] = [];
  private readonly freeLanes: number[];
  private scheduled = false;

  constructor(
    private readonly execute: ExecuteBatch<Command, Answer>,
    private readonly options: MicroBatcherOptions,
  ) {
    this.freeLanes = Array.from({ length: options.lanes }, (_, lane) => lane);
  }

  /** Resolves after the commit of the batch the command travelled in. Rejects with `Overloaded` when the queue is full. */
  submit(command: Command): Promise<Answer> {
    if (this.waiting.length >= this.options.maxWaiting) return Promise.reject(new Overloaded());
    return new Promise<Answer>((resolve, reject) => {
      this.waiting.push({ command, resolve, reject });
      this.schedule();
    });
  }

  /** Everything submitted in the same turn of the event loop becomes one batch. */
  private schedule(): void {
    if (this.scheduled || this.freeLanes.length === 0) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.startBatches();
    });
  }

  private startBatches(): void {
    while (this.waiting.length > 0) {
      const lane = this.freeLanes.pop();
      if (lane === undefined) return;
      const batch = this.waiting.splice(0, this.options.maxBatch);
      void this.settle(batch, lane).finally(() => {
        this.freeLanes.push(lane);
        this.schedule();
      });
    }
  }

  private async settle(batch: readonly Waiting<Command, Answer>[], lane: number): Promise<void> {
    try {
      const answers = await this.execute(
        batch.map(({ command }) => command),
        lane,
      );
      for (const [index, { resolve, reject }] of batch.entries()) {
        const answer = answers[index];
        if (answer === undefined) reject(new Error('the batch answered too few commands'));
        else resolve(answer);
      }
    } catch (error) {
      if (batch.length === 1 || !this.options.isCulpable(error)) {
        for (const { reject } of batch) reject(error);
        return;
      }
      const middle = batch.length >> 1;
      await this.settle(batch.slice(0, middle), lane);
      await this.settle(batch.slice(middle), lane);
    }
  }
}
