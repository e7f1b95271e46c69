import { join } from 'node:path';
import { defaultRunDir, prepareRunDir } from './files';
import { Scope, stopOnSignal } from './lifetime';
import { startParts } from './parts';
import { portFrom } from './ports';
import { sayTo, type Say } from './progress';
import { perService, serviceDefinitions, type PerService } from './services';
import { StackFault } from './stack-fault';
import { stackFile } from './stack-info';
import { startAndDemonstrate, type StackWish } from './stack';

/**
 * The stack's commands, as the bootstrap calls them: `start [--once|--empty]` runs everything, `parts` PostgreSQL and Kafka alone;
 * both stay up until Ctrl-C. Rejects with one sentence when something does not come up, leaving no process behind.
 */
export async function main(verb: 'start' | 'parts', args: readonly string[]): Promise<void> {
  const runDir = defaultRunDir();
  prepareRunDir(runDir);
  const say = sayTo(join(runDir, 'logs', 'stack.log'));
  const scope = new Scope();
  const asked = stopOnSignal(scope, () => process.exit(0));
  try {
    if (verb === 'parts') await parts(runDir, say, scope);
    else await start(args, { ...wishFromEnvironment(runDir), say, scope });
  } catch (cause) {
    // Asked to stop in the middle of a start: that the start failed is no news, and the signal's handler ends the process.
    if (!asked()) throw cause;
  }
}

async function start(args: readonly string[], wish: StackWish & { say: Say }): Promise<void> {
  const unknown = args.find((arg) => arg !== '--once' && arg !== '--empty');
  if (unknown !== undefined) {
    throw new StackFault(`Unknown option "${unknown}": npm start takes --once or --empty.`);
  }
  const [once, empty] = [args.includes('--once'), args.includes('--empty')];
  const { stack, demonstrated } = await startAndDemonstrate({ ...wish, once, empty });
  if (!demonstrated)
    wish.say('  ✗ The demonstration fell short of what it promises. 演示未达到预期。');
  if (once) {
    await stack.stop();
    process.exit(demonstrated ? 0 : 1);
  }
  const { services } = stack.info;
  wish.say(`  ${Object.values(services).join('  ')}`);
  wish.say(`  Ready 已就绪: ${stackFile(stack.runDir)} — Ctrl-C stops everything 按 Ctrl-C 停止`);
}

async function parts(runDir: string, say: Say, scope: Scope): Promise<void> {
  const [postgresPort, kafkaPort] = [portFrom('POSTGRES_PORT', 0), portFrom('KAFKA_PORT', 0)];
  const started = await startParts({ runDir, postgresPort, kafkaPort, say, scope });
  process.stdout.write(
    `TEST_POSTGRES_URL=${started.postgresUrl}\nTEST_KAFKA_BROKERS=${started.kafkaBrokers}\n` +
      `  Written to ${join(runDir, 'parts.env')}; Ctrl-C stops both.\n`,
  );
}

function wishFromEnvironment(runDir: string): StackWish {
  const ports = {
    ...perService(({ portVariable, port }) => portFrom(portVariable, port)),
    postgres: portFrom('POSTGRES_PORT', 7104),
    kafka: portFrom('KAFKA_PORT', 7105),
  };
  return {
    runDir,
    ports,
    databaseUrls: databaseUrlsFromEnvironment(),
    kafkaBrokers: given('KAFKA_BROKERS'),
    clock: given('STACK_CLOCK'),
  };
}

function databaseUrlsFromEnvironment(): Partial<PerService<string>> {
  return Object.fromEntries(
    serviceDefinitions.flatMap(({ key, databaseVariable }) => {
      const url = given(databaseVariable);
      return url === undefined ? [] : [[key, url]];
    }),
  );
}

function given(variable: string): string | undefined {
  const value = process.env[variable];
  return value === '' ? undefined : value;
}
