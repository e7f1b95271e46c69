import type { Scope, Stoppable } from './lifetime';
import type { Part } from './part';
import {
  perService,
  serviceDefinitions,
  serviceEnvironment,
  urlOf,
  type PerService,
  type ServiceKey,
  type ServiceSurroundings,
} from './services';
import { writeStackInfo, type StackInfo } from './stack-info';
import type { MintToken } from './tokens';

/** What a started stack is made of. */
export interface StackMakings {
  readonly runDir: string;
  readonly scope: Scope;
  /** By the name in `pids`: postgres, kafka, enrolmentQuery, settlement, crossCheck. */
  readonly parts: ReadonlyMap<string, Part>;
  readonly surroundings: ServiceSurroundings;
  /** The databases as the owner of the stack may use them. */
  readonly databases: PerService<string>;
  readonly tokens: Readonly<Record<string, string>>;
  readonly mintToken: MintToken;
}

/** A stack that runs: where its parts answer, who may ask them, and how to end it. */
export class RunningStack implements Stoppable {
  private tokens: Readonly<Record<string, string>>;
  private announced = false;

  constructor(private readonly makings: StackMakings) {
    this.tokens = makings.tokens;
  }

  get runDir(): string {
    return this.makings.runDir;
  }

  /** The content of `stack.json` as it is now; process numbers change when a part is started again. */
  get info(): StackInfo {
    const { surroundings, databases, runDir, parts } = this.makings;
    const pids: Record<string, number> = { stack: process.pid };
    for (const [name, { pid }] of parts) if (pid !== undefined) pids[name] = pid;
    return {
      services: perService(({ key }) => urlOf(surroundings.ports[key])),
      tokens: this.tokens,
      kafkaBrokers: surroundings.kafkaBrokers,
      databases,
      pids,
      runDir,
    };
  }

  /** A ready token by its name in `stack.json`, such as `partner:430100`. Throws when there is none of that name. */
  token(name: string): string {
    const token = this.tokens[name];
    if (token === undefined) throw new Error(`there is no token named ${name}`);
    return token;
  }

  /** Signs a token with the stack's key; a negative lifetime (`'-1m'`) gives an expired one. */
  get mintToken(): MintToken {
    return this.makings.mintToken;
  }

  /** Adds tokens to `stack.json`, or replaces some. */
  setTokens(tokens: Readonly<Record<string, string>>): void {
    this.tokens = { ...this.tokens, ...tokens };
    this.refresh();
  }

  /** The environment that a further process of a service needs, such as a replica with a PORT of its own. */
  serviceEnvironment(key: ServiceKey): NodeJS.ProcessEnv {
    const service = serviceDefinitions.find((definition) => definition.key === key);
    if (service === undefined) throw new Error(`there is no service ${key}`);
    return serviceEnvironment(service, this.makings.surroundings);
  }

  /** Ends one part and starts it again; resolves when it is ready. Takes the names in `pids`. */
  async restart(name: string): Promise<void> {
    const part = this.makings.parts.get(name);
    if (part === undefined) throw new Error(`the stack runs no part named ${name}`);
    await part.stop();
    await part.start();
    this.refresh();
  }

  /** Says by `stack.json` that the stack is ready. It is said at the latest when the demonstration has ended. */
  announce(): void {
    this.announced = true;
    this.refresh();
  }

  /** Writes `stack.json` again, if it is there at all. */
  refresh(): void {
    if (this.announced && !this.makings.scope.closed) writeStackInfo(this.info);
  }

  /** Ends services, then Kafka and PostgreSQL, and takes `stack.json` away. */
  stop(): Promise<void> {
    return this.makings.scope.stop();
  }

  killNow(): void {
    this.makings.scope.killNow();
  }
}
