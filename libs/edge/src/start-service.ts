import { commonRoutes, type RouteContract, type Service } from '@lib/contracts';
import { formatInstant, instant } from '@domain/kernel';
import type { DynamicModule, INestApplication, NestApplicationOptions, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { AddressInfo } from 'node:net';
import { OffsetClock } from './clock';
import type { EdgeConfig } from './config';
import { DoorGuard } from './door.guard';
import { installDoor } from './door';
import { EdgeAdapter } from './edge-adapter';
import { EdgeModule } from './edge.module';
import { httpOptions } from './http-options';
import { createLogs, type Logs, nestLogger } from './logs';
import { Metrics } from './metrics';
import { openApiOf } from './openapi';
import { Overload } from './overload';
import { readPersonalDataKeys } from './personal-data';
import { addStatuses, type StatusTable } from './problem';
import { ProblemFilter } from './problem.filter';
import { RouteBook } from './route-book';
import { type Check, runChecks, type ServiceRuntime } from './runtime';
import { TokenVerifier } from './tokens';

/** Something that runs beside the doors: a consumer, the relay. */
export interface Running {
  start(): Promise<void> | void;
  /** Finishes what it is doing and stops. */
  stop(): Promise<void> | void;
}

/** What a service has beside its controllers. Built once the module is ready, from its providers. */
export interface ServiceParts {
  /** Checks of `/health/ready` by name: database, consumers, relay. */
  readonly ready?: Readonly<Record<string, Check>>;
  /** Started in this order before the port opens, stopped in this order after the last request: consumers before the relay. */
  readonly running?: readonly Running[];
  /** Closed last: pools, producers. */
  readonly close?: readonly (() => Promise<void> | void)[];
}

export interface ServiceOptions {
  readonly name: Service;
  readonly version?: string;
  readonly module: Type | DynamicModule;
  /** The service's own routes; those of api.md §5 are added. */
  readonly routes: readonly RouteContract[];
  readonly config: EdgeConfig;
  /** Refusal codes of the service with a status other than 422. */
  readonly statuses?: StatusTable;
  readonly parts?: (app: INestApplication) => ServiceParts | Promise<ServiceParts>;
  readonly logs?: Logs;
  /** False in tests: the process's signals are then left alone. */
  readonly signals?: boolean;
}

export interface RunningService {
  readonly url: string;
  readonly port: number;
  readonly app: INestApplication;
  /** Stops in order: no new requests, those in flight finish, consumers, relay, pools. At most the drain time. */
  stop(): Promise<void>;
}

/**
 * Starts a service: doors, common routes, health, figures, logs. Refuses to start when a controller method has no contract, or
 * a contract no method. On SIGTERM and SIGINT it drains and leaves with 0.
 */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const service = new ServiceStart(options);
  try {
    return await service.start();
  } catch (cause) {
    await service.giveUp();
    throw cause;
  }
}

class ServiceStart {
  private readonly logs: Logs;
  private readonly overload: Overload;
  private readonly metrics: Metrics;
  private readonly tokens: TokenVerifier;
  private readonly adapter: EdgeAdapter;
  private readonly routes: readonly RouteContract[];
  private app: INestApplication | undefined;
  private parts: ServiceParts = {};
  private draining = false;
  private stopping: Promise<void> | undefined;
  private stopSweep: () => void = () => undefined;

  constructor(private readonly options: ServiceOptions) {
    const { config, name } = options;
    this.logs = options.logs ?? createLogs(name, config.LOG_LEVEL);
    this.routes = [...commonRoutes(name), ...options.routes];
    this.tokens = new TokenVerifier({
      jwksFile: config.AUTH_JWKS_FILE,
      issuer: config.AUTH_ISSUER,
      audience: config.AUTH_AUDIENCE,
    });
    this.overload = new Overload({
      maxInFlight: config.HTTP_MAX_IN_FLIGHT,
      maxLoopDelayMs: config.HTTP_MAX_LOOP_DELAY_MS,
    });
    this.metrics = new Metrics(name, this.overload);
    this.adapter = new EdgeAdapter(httpOptions(this.routes, config.HTTP_BODY_TIMEOUT_MS));
  }

  async start(): Promise<RunningService> {
    const { config } = this.options;
    addStatuses(this.options.statuses ?? {});
    const book = new RouteBook(this.adapter.getInstance());
    this.stopSweep = installDoor(this.adapter.getInstance(), {
      tokens: this.tokens,
      overload: this.overload,
      metrics: this.metrics,
      logs: this.logs,
      bodyTimeoutMs: config.HTTP_BODY_TIMEOUT_MS,
      draining: () => this.draining,
    });
    // Nest declares this interface over a class, which the rule takes literally.
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment
    const settings: NestApplicationOptions = {
      logger: nestLogger(this.logs),
      bodyParser: false,
      abortOnError: false,
    };
    const app = await NestFactory.create(this.rootModule(), this.adapter, settings);
    this.app = app;
    app.useGlobalGuards(new DoorGuard());
    app.useGlobalFilters(new ProblemFilter(this.logs));
    // The document is ours; Nest's module serves the page that shows it.
    SwaggerModule.setup('docs', app, () => JSON.parse(this.openapi()) as OpenAPIObject, {
      raw: false,
    });
    await app.init();
    book.compare(this.routes);
    this.parts = (await this.options.parts?.(app)) ?? {};
    for (const part of this.parts.running ?? []) await part.start();
    await app.listen(config.PORT, config.HOST);
    const { port } = this.adapter.getInstance().server.address() as AddressInfo;
    if (this.options.signals !== false) this.listenToSignals();
    this.logs.info({ port }, 'service ready');
    return { app, port, url: `http://${config.HOST}:${port}`, stop: () => this.stop() };
  }

  /** Undoes a start that failed half way. */
  async giveUp(): Promise<void> {
    await this.stop().catch(() => undefined);
  }

  private rootModule(): DynamicModule {
    const { config, module, name } = this.options;
    const keysFile = config.PERSONAL_DATA_KEYS_FILE;
    const edge = EdgeModule.with({
      service: name,
      config,
      clock: new OffsetClock(config.CLOCK_FILE, config.CLOCK_MOVABLE),
      logs: this.logs,
      metrics: this.metrics,
      keys: keysFile === undefined ? undefined : readPersonalDataKeys(keysFile),
      runtime: this.runtime(),
    });
    return { module: RootModule, imports: [edge, module] };
  }

  private runtime(): ServiceRuntime {
    const isDraining = () => this.draining;
    return {
      name: this.options.name,
      version: this.options.version ?? '0',
      startedAt: formatInstant(instant(Date.now())),
      metrics: this.metrics,
      openapi: this.openapi(),
      get draining() {
        return isDraining();
      },
      checks: () => runChecks(this.parts.ready ?? {}),
    };
  }

  private openapi(): string {
    const { name, version } = this.options;
    return JSON.stringify(openApiOf(name, this.routes, version));
  }

  private listenToSignals(): void {
    const leave = () => {
      this.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          this.logs.error({ err: error }, 'stopped with an error');
          process.exit(1);
        },
      );
    };
    process.once('SIGTERM', leave);
    process.once('SIGINT', leave);
  }

  private stop(): Promise<void> {
    this.stopping ??= this.drain();
    return this.stopping;
  }

  private async drain(): Promise<void> {
    this.draining = true;
    const { DRAIN_TIMEOUT_MS: timeoutMs } = this.options.config;
    const server = this.adapter.getInstance().server;
    const late = setTimeout(() => {
      this.logs.warn('draining took too long: connections are closed');
      server.closeAllConnections();
    }, timeoutMs * 0.6);
    try {
      await bounded(this.stopInOrder(), timeoutMs);
    } finally {
      clearTimeout(late);
      this.stopSweep();
      this.tokens.close();
      this.overload.close();
      this.metrics.registry.clear();
    }
  }

  private async stopInOrder(): Promise<void> {
    if (this.app !== undefined) await this.adapter.close();
    for (const part of this.parts.running ?? []) await part.stop();
    for (const close of this.parts.close ?? []) await close();
    await this.app?.close();
  }
}

class RootModule {}

/** Rejects when the work is not done in time; whatever hangs is left to the end of the process. */
async function bounded(work: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new StopTimedOut());
    }, timeoutMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The service could not stop in order within its time. */
export class StopTimedOut extends Error {
  readonly speaks = true;
  constructor() {
    super('the service could not stop within its time');
    this.name = 'StopTimedOut';
  }
}
