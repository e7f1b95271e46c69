import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Piece, type PieceResult, Replayer, type ReplaySource } from './replay-stretch';

/** Who replays pieces: this thread, or several beside it. */
export interface Crew {
  /** The results in the order of the pieces. After the first difference, pieces behind it are not begun any more. */
  replay(pieces: readonly SizedPiece[]): Promise<readonly (PieceResult | undefined)[]>;
  close(): Promise<void>;
}

export interface SizedPiece extends Piece {
  readonly facts: number;
}

/** Small objects die young here: with the usual nursery a third of the time goes to the garbage collector. */
const LIMITS = { maxYoungGenerationSizeMb: 96 };

/** The file that a thread runs, and what Node needs to run it. */
export interface WorkerFile {
  readonly file: string;
  readonly execArgv: readonly string[];
}

export const COMPILED_WORKER: WorkerFile = { file: join(__dirname, 'worker.js'), execArgv: [] };

interface CrewOptions {
  readonly threads: number;
  readonly worker: WorkerFile;
}

/** Opens a crew of `threads` threads; with one, the caller's own does the work. */
export async function openCrew(source: ReplaySource, options: CrewOptions): Promise<Crew> {
  if (options.threads <= 1) return new OwnThread(await Replayer.open(source));
  return ManyThreads.start(source, options);
}

class OwnThread implements Crew {
  constructor(private readonly replayer: Replayer) {}

  async replay(pieces: readonly SizedPiece[]): Promise<readonly (PieceResult | undefined)[]> {
    const results: PieceResult[] = [];
    for (const piece of pieces) {
      const result = await this.replayer.replay(piece);
      results.push(result);
      if (result.difference !== undefined) break;
    }
    return results;
  }

  close(): Promise<void> {
    return this.replayer.close();
  }
}

class ManyThreads implements Crew {
  private constructor(private readonly workers: readonly Worker[]) {}

  static async start(
    source: ReplaySource,
    { threads, worker: { file, execArgv } }: CrewOptions,
  ): Promise<ManyThreads> {
    const settings = { workerData: source, resourceLimits: LIMITS, execArgv: [...execArgv] };
    const workers = Array.from({ length: threads }, () => new Worker(file, settings));
    const crew = new ManyThreads(workers);
    try {
      await Promise.all(workers.map(nextMessage));
    } catch (cause) {
      await crew.close();
      throw cause;
    }
    return crew;
  }

  async replay(pieces: readonly SizedPiece[]): Promise<readonly (PieceResult | undefined)[]> {
    const results: (PieceResult | undefined)[] = pieces.map(() => undefined);
    // The longest first, so that no thread ends with a long one alone.
    const left = pieces
      .map((piece, place) => ({ piece, place }))
      .sort((a, b) => b.piece.facts - a.piece.facts);
    let firstWrong = pieces.length;
    const work = async (worker: Worker): Promise<void> => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        if (next.place > firstWrong) continue;
        const { facts: _facts, ...piece } = next.piece;
        const answer = nextMessage(worker);
        worker.postMessage(piece);
        const result = (await answer) as PieceResult;
        results[next.place] = result;
        if (result.difference !== undefined) firstWrong = Math.min(firstWrong, next.place);
      }
    };
    await Promise.all(this.workers.map(work));
    return results;
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}

function nextMessage(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const heard = (message: unknown): void => {
      worker.off('error', failed);
      resolve(message);
    };
    const failed = (cause: Error): void => {
      worker.off('message', heard);
      reject(cause);
    };
    worker.once('message', heard);
    worker.once('error', failed);
  });
}
