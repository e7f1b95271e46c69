import { CreateJournal1767200000000 } from './create-journal';

/** What every service puts into its DataSource before its own migrations. */
export const journalMigrations = [CreateJournal1767200000000];
