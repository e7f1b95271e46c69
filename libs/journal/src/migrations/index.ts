import { CreateJournal1767200000000 } from './create-journal';
import { CreateRelayAndInbox1767200001000 } from './create-relay-and-inbox';

/** What every service puts into its DataSource before its own migrations. */
export const journalMigrations = [CreateJournal1767200000000, CreateRelayAndInbox1767200001000];
