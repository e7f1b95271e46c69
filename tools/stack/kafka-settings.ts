/** The options of the broker's Java: quick to start by default, quick to run with KAFKA_LOAD=true; KAFKA_HEAP_OPTS sets the heap. */
export function javaOptions(): readonly string[] {
  const load = process.env['KAFKA_LOAD'] === 'true';
  const heap = process.env['KAFKA_HEAP_OPTS'] ?? (load ? '-Xms512m -Xmx1g' : '-Xms192m -Xmx512m');
  return [
    ...heap.split(/\s+/).filter((option) => option !== ''),
    '-XX:+UseSerialGC',
    // The first compiler alone halves the start and costs throughput.
    ...(load ? [] : ['-XX:TieredStopAtLevel=1']),
    '-XX:+ExitOnOutOfMemoryError',
    '-Djava.awt.headless=true',
  ];
}

/** The settings of the single broker, which is its own controller. */
export function brokerSettings(
  ports: { readonly client: number; readonly controller: number },
  data: string,
): string {
  const [client, controller] = [String(ports.client), String(ports.controller)];
  const settings: Record<string, string> = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.bootstrap.servers': `127.0.0.1:${controller}`,
    listeners: `PLAINTEXT://127.0.0.1:${client},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${client},CONTROLLER://127.0.0.1:${controller}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': data,
    'default.replication.factor': '1',
    'min.insync.replicas': '1',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '12',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '4',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'auto.create.topics.enable': 'false',
    'log.retention.hours': '-1',
    'log.retention.check.interval.ms': '300000',
    'log.cleaner.dedupe.buffer.size': '16777216',
    // A killed broker is let in again once its old session is over: 12.9 s by default, 5 s so.
    'broker.session.timeout.ms': '1500',
    'broker.heartbeat.interval.ms': '300',
    'group.initial.rebalance.delay.ms': '0',
    'group.min.session.timeout.ms': '1000',
    'num.network.threads': '2',
    'num.io.threads': '4',
    'num.recovery.threads.per.data.dir': '2',
    'queued.max.requests': '200',
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value.replaceAll('\\', '\\\\')}\n`)
    .join('');
}

/** Warnings to standard output, which goes to the part's log file. */
export const logSettings = `appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d{ISO8601} %p %c{1} %m%n
rootLogger.level=WARN
rootLogger.appenderRef.out.ref=out
`;
