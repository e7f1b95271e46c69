export * from './types';
export { GENESIS_HASH, type HashedFact, actorOf, actorText, hashOf } from './fact-hash';
export { causeOf, isConnectionFault, isEnvironmentFault, NotForTheJournal } from './faults';
export { type Logger, silentLogger } from './logger';
export { journalMigrations } from './migrations';
export { ensurePartitions } from './partitions';
export { createUnitOfWork } from './unit-of-work';
export { type Relay, type RelayOptions, createRelay } from './relay/relay';
export { type RelayRole, type RelayStatus } from './relay/status';
export { type Inbox, type InboxLimits, type InboxOptions, createInbox } from './inbox/inbox';
export { type ParkedQuery } from './inbox/list-parked';
export { type ParkedFact } from './inbox/parked';
export { type ParkedOutcome } from './inbox/parking-place';
export { type ParkedKind } from './inbox/sort-arrivals';
export { type DatabaseOptions, openDatabase } from './open-database';
export {
  type AuditOptions,
  type JournalAudit,
  type JournalDifference,
  type StreamRange,
  auditJournal,
} from './audit-journal';
export { type JournalPage, UnknownCursor, readJournal, readStream } from './read-journal';
export { type AuditedStream } from './audit-streams';
export { type Pool, poolOf } from './pool';
