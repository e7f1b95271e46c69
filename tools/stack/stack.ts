import { join } from 'node:path';
import { readCities } from './cities';
import { businessTime, momentOf, openClock } from './clock';
import { runDemonstration } from './demonstration-hook';
import { buildDir, projectRoot, writePrivateFile } from './files';
import type { Ground } from './ground';
import { personalDataKeysFile } from './keys';
import { Scope, allOrNone } from './lifetime';
import type { Part } from './part';
import { openGround } from './parts';
import { choosePort } from './ports';
import { silent, step, type Say } from './progress';
import { RunningStack } from './running-stack';
import {
  perService,
  serviceDefinitions,
  startService,
  type PerService,
  type ServiceSurroundings,
} from './services';
import { StackFault, messageOf } from './stack-fault';
import { removeStackInfo } from './stack-info';
import { startStores } from './stores';
import { mintStandardTokens, openSigner } from './tokens';
import { createTopics, stackTopics } from './topics';

/** The ports of a stack; 0 is any free one. */
export interface StackPorts extends PerService<number> {
  readonly postgres: number;
  readonly kafka: number;
}

/** What to start. Nothing is read from the environment but where Java and the compiled sources are. */
export interface StackWish {
  readonly runDir: string;
  /** 0, or nothing, chooses free ports for all parts. */
  readonly ports?: 0 | StackPorts;
  /** Load packs, agreements and institutions, but neither persons nor traffic. */
  readonly empty?: boolean;
  readonly once?: boolean;
  /** False leaves the stack as the services make it: nothing is loaded. */
  readonly demonstrate?: boolean;
  /** A server that runs already, with a superuser's URL; databases get names of their own there. */
  readonly postgresUrl?: string | undefined;
  /** A broker that runs already. */
  readonly kafkaBrokers?: string | undefined;
  /** Databases from outside, by service; the embedded server is started only when one is missing. */
  readonly databaseUrls?: Partial<PerService<string>>;
  /** The moment from which business time runs, for a folder started for the first time. */
  readonly clock?: string | undefined;
  readonly buildDir?: string;
  readonly say?: Say;
  readonly scope?: Scope;
}

/** A started stack, and whether the demonstration showed all it promises. */
export interface StartedStack {
  readonly stack: RunningStack;
  readonly demonstrated: boolean;
}

/**
 * Starts a whole stack: PostgreSQL and Kafka side by side, databases and topics, the three services, what the demonstration loads
 * and shows, and last `stack.json`. Fails with one sentence, leaving no process behind, when any part does not come up or the
 * demonstration falls short.
 */
export async function startStack(wish: StackWish): Promise<RunningStack> {
  const { stack, demonstrated } = await startAndDemonstrate(wish);
  if (demonstrated) return stack;
  await stack.stop();
  throw new StackFault('The stack runs, but what it should load or show fell short.');
}

/** As startStack, but keeps a stack whose demonstration fell short. */
export async function startAndDemonstrate(wish: StackWish): Promise<StartedStack> {
  const scope = wish.scope ?? new Scope();
  const say = wish.say ?? silent;
  let stack: RunningStack | undefined;
  try {
    const ground = await openGround(wish.runDir, { say, scope, changed: () => stack?.refresh() });
    removeStackInfo(wish.runDir);
    scope.afterStop(() => {
      removeStackInfo(wish.runDir);
    });
    stack = await startAll(ground, wish);
    const demonstrated = wish.demonstrate === false || (await demonstrate(stack, wish, say));
    stack.announce();
    return { stack, demonstrated };
  } catch (cause) {
    await scope.stop();
    throw cause;
  }
}

async function demonstrate(stack: RunningStack, wish: StackWish, say: Say): Promise<boolean> {
  try {
    return await runDemonstration(stack, { once: wish.once === true, empty: wish.empty === true });
  } catch (cause) {
    say(`  ✗ ${messageOf(cause)}`);
    return false;
  }
}

async function startAll(ground: Ground, wish: StackWish): Promise<RunningStack> {
  const { runDir, say } = ground;
  const root = projectRoot();
  const dataDir = join(root, 'data');
  const cities = readCities(dataDir);
  const codes = cities.map(({ code }) => code);
  const begin = wish.clock === undefined ? undefined : momentOf(wish.clock);
  const signer = await openSigner(runDir);
  const tokens = await mintStandardTokens(signer, cities);
  const serviceTokenFile = join(runDir, 'service-token');
  writePrivateFile(serviceTokenFile, tokens['service:settlement'] ?? '');
  const ports = await choosePorts(wish.ports ?? 0);
  const stores = await startStores(ground, wish);
  await step(say, '主题 topics', () => createTopics(stores.kafkaBrokers, stackTopics(codes)));
  const clock = openClock(runDir, begin, Date.now());
  if (clock.movable) say(`  · Business time 业务时间 ${businessTime(clock, Date.now())}`);
  const surroundings: ServiceSurroundings = {
    ports,
    databaseUrls: stores.serviceUrls,
    socketDirs: stores.socketDirs,
    kafkaBrokers: stores.kafkaBrokers,
    jwksFile: signer.jwksFile,
    dataDir,
    personalDataKeysFile: personalDataKeysFile(runDir, codes),
    serviceTokenFile,
    clock,
  };
  const run = { buildDir: wish.buildDir ?? buildDir(), root, surroundings };
  const services = await step(say, 'enrolment-query, settlement, cross-check 三个服务', () =>
    allOrNone(
      serviceDefinitions.map(
        async (service) => [service.key, await startService(ground, service, run)] as const,
      ),
    ),
  );
  return new RunningStack({
    runDir,
    scope: ground.scope,
    parts: new Map<string, Part>([...stores.parts, ...services]),
    surroundings,
    databases: stores.ownerUrls,
    tokens,
    mintToken: signer.mintToken,
  });
}

async function choosePorts(wished: 0 | StackPorts): Promise<PerService<number>> {
  const chosen = new Map<string, number>();
  for (const { key, name, portVariable } of serviceDefinitions) {
    const port = wished === 0 ? 0 : wished[key];
    chosen.set(key, await choosePort({ of: name, variable: portVariable, port }));
  }
  return perService(({ key }) => chosen.get(key) ?? 0);
}
