import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AuditFault, databasesOf, serviceNamed, type Surroundings } from './databases';
import { replayService, type ServiceReplay } from './replay-service';
import { type Chosen, type Service, SERVICES } from './replay-stretch';
import { reportLines, summaryLine } from './report';

const USAGE = `用法：
  npm run audit -- replay [--service 服务] [--stream 事实流] [--from 位置 --to 位置] [--database URL] [--threads N]
  重新推演全部事实，逐条复算并与存储内容比对；一致时退出码为 0，有差异为 1，无法执行为 2`;

export interface AuditTool extends Surroundings {
  readonly print: (line: string) => void;
}

/** Runs one command; answers the exit code: 0 equal, 1 the first difference was named, 2 not understood or not possible. */
export async function auditTool(args: readonly string[], tool: AuditTool): Promise<number> {
  try {
    const { verb, services, chosen, threads, database } = understand(args);
    if (verb !== 'replay') {
      tool.print(USAGE);
      return 2;
    }
    const databases =
      database === undefined
        ? databasesOf(services, tool)
        : new Map(services.map((service) => [service, database]));
    const replays: ServiceReplay[] = [];
    for (const [service, url] of databases) {
      const replay = await replayService({ service, url, threads, ...chosen });
      replays.push(replay);
      for (const line of reportLines(replay)) tool.print(line);
      if (replay.difference !== undefined) break;
    }
    tool.print(summaryLine(replays, threads));
    return replays.every(({ difference }) => difference === undefined) ? 0 : 1;
  } catch (cause) {
    const sentence = sentenceOf(cause);
    if (sentence === undefined) throw cause;
    tool.print(sentence);
    return 2;
  }
}

interface Asked {
  readonly verb: string | undefined;
  readonly services: readonly Service[];
  readonly chosen: Chosen;
  readonly threads: number;
  readonly database: string | undefined;
}

function understand(args: readonly string[]): Asked {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      service: { type: 'string' },
      stream: { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      database: { type: 'string' },
      threads: { type: 'string' },
    },
  });
  const { service, stream, from, to, database, threads } = values;
  if (database !== undefined && service === undefined) {
    throw new AuditFault('--database needs --service: a database belongs to one service.');
  }
  return {
    verb: positionals[0],
    services: service === undefined ? SERVICES : [serviceNamed(service)],
    chosen: {
      ...(stream === undefined ? {} : { stream }),
      ...(from === undefined ? {} : { from: BigInt(wholeNumber('--from', from)) }),
      ...(to === undefined ? {} : { to: BigInt(wholeNumber('--to', to)) }),
    },
    threads:
      threads === undefined
        ? Math.min(availableParallelism(), MOST_THREADS)
        : wholeNumber('--threads', threads),
    database,
  };
}

/** More would only stand in each other's way at one database. */
const MOST_THREADS = 8;

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new AuditFault(`${option} takes a whole number of at least 1.`);
}

/** What the auditor can do something about, as one sentence; undefined for a fault of ours. */
function sentenceOf(cause: unknown): string | undefined {
  if (cause instanceof AuditFault) return cause.message;
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return undefined;
  const code = String(cause.code);
  if (code.startsWith('ERR_PARSE_ARGS') && 'message' in cause) return String(cause.message);
  if (['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'ECONNRESET', '3D000', '28P01'].includes(code)) {
    return `The database could not be reached or opened (${code}): check that it runs and where it is.`;
  }
  return undefined;
}

if (require.main === module) {
  // Whoever reads the output may have read enough (`| head`).
  process.stdout.on('error', () => process.exit(1));
  void auditTool(process.argv.slice(2), {
    env: process.env,
    runDir: resolve(process.env['RUN_DIR'] ?? '.run'),
    print: (line) => process.stdout.write(`${line}\n`),
  }).then((code) => (process.exitCode = code));
}
