export * from './types';
export { GENESIS_HASH, type HashedFact, actorOf, actorText, hashOf } from './fact-hash';
export { causeOf, isConnectionFault, isEnvironmentFault, NotForTheJournal } from './faults';
export { type Logger, silentLogger } from './logger';
export { journalMigrations } from './migrations';
export { ensurePartitions } from './partitions';
export { createUnitOfWork } from './unit-of-work';
export { type Relay, type RelayOptions, createRelay } from './relay/relay';
export { type RelayRole, type RelayStatus } from './relay/status';
