import { parentPort, workerData } from 'node:worker_threads';
import { type Piece, Replayer, type ReplaySource } from './replay-stretch';

/** A thread that replays the pieces it is sent, one at a time, until it is terminated. */
async function serve(): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('this file is a worker');
  const replayer = await Replayer.open(workerData as ReplaySource);
  port.on('message', (piece: Piece) => {
    replayer.replay(piece).then(
      (result) => {
        port.postMessage(result);
      },
      (cause: unknown) => {
        // Thrown where nobody catches, so that the main thread hears of it as the worker's error.
        setImmediate(() => {
          throw cause;
        });
      },
    );
  });
  port.postMessage('ready');
}

void serve();
