/** Where the server listens. */
export interface PostgresAddress {
  readonly port: number;
  readonly socketDir: string;
  /** Whether this build of the server has lz4; asked for what it lacks, it would not start. */
  readonly lz4: boolean;
}

/**
 * The settings of the local server: full durability, tuned for two cores that it shares with everything else. Single settings
 * may be overridden by POSTGRES_SETTINGS, `name=value` separated by `;`.
 */
export function postgresSettings(address: PostgresAddress): string {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(address.port),
    unix_socket_directories: address.socketDir,
    unix_socket_permissions: '0700',
    max_connections: '200',
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    shared_buffers: '768MB',
    effective_cache_size: '4GB',
    work_mem: '16MB',
    maintenance_work_mem: '256MB',
    wal_buffers: '16MB',
    // Recovery after a kill takes about 4 s for each GB of WAL since the last checkpoint.
    max_wal_size: '2GB',
    min_wal_size: '256MB',
    checkpoint_timeout: '5min',
    checkpoint_completion_target: '0.9',
    random_page_cost: '1.1',
    jit: 'off',
    track_io_timing: 'off',
    autovacuum: 'on',
    autovacuum_naptime: '15s',
    max_parallel_workers_per_gather: '0',
    log_timezone: 'UTC',
    timezone: 'Asia/Shanghai',
    // A statement or its parameters may hold personal data: the log says what failed, not with which values.
    log_min_error_statement: 'panic',
    log_parameter_max_length_on_error: '0',
    log_error_verbosity: 'terse',
    // Without lz4 full pages go uncompressed: pglz would save disk and cost the processor, which is scarcer.
    ...(address.lz4 ? { wal_compression: 'lz4', default_toast_compression: 'lz4' } : {}),
    ...overrides(),
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`)
    .join('');
}

function overrides(): Record<string, string> {
  const text = process.env['POSTGRES_SETTINGS'] ?? '';
  return Object.fromEntries(
    text
      .split(';')
      .filter((pair) => pair.includes('='))
      .map((pair) => {
        const at = pair.indexOf('=');
        return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
      }),
  );
}
