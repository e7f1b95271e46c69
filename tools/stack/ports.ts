import { createServer } from 'node:net';
import { StackFault } from './stack-fault';

/** What a port is for, and which variable chooses it. */
export interface PortWish {
  readonly of: string;
  readonly variable: string;
  readonly port: number;
}

/**
 * The port wished for, or a free one where 0 was asked. Fails with one sentence naming the variable when the port is taken.
 * A port freed a moment ago by a part that is just ending gets two seconds.
 */
export async function choosePort(wish: PortWish): Promise<number> {
  if (wish.port === 0) return freePort();
  const end = Date.now() + 2_000;
  while (!(await isFree(wish.port))) {
    if (Date.now() > end) {
      throw new StackFault(
        `Port ${String(wish.port)}, meant for ${wish.of}, is taken: stop what uses it, or set ${wish.variable} to another port (0 for any free one).`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return wish.port;
}

/** A port of the loopback address that nobody listens on, outside the range from which outgoing connections are given theirs. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (await isFree(port)) return port;
  }
  throw new StackFault(
    'No free port was found between 20000 and 32000: stop some of what listens there.',
  );
}

/** The number in an environment variable, or the default. Fails with one sentence when it is no port. */
export function portFrom(variable: string, byDefault: number): number {
  const text = process.env[variable];
  if (text === undefined || text === '') return byDefault;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new StackFault(`${variable} is "${text}", but must be a port between 0 and 65535.`);
  }
  return port;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(false);
    });
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });
}
