import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatInstant, type Instant } from '@domain/kernel';
import { crossCheckRoutes } from '@lib/contracts';
import { Plumbing, type RunningService, startService } from '@lib/edge';
import type { DataSource } from 'typeorm';
import type { CrossCheckConfig } from './config';
import { type CrossCheckData, CrossCheckModule } from './cross-check.module';
import { readRuleSetFolders } from './storage/rule-set-files';
import { keepRuleSet } from './storage/rule-sets';
import { compileTexts } from './use-cases/load-rule-sets';
import { type LoadedRuleSet, RuleBook } from './use-cases/rule-book';

export interface StartOptions {
  readonly now: () => Instant;
  readonly signals?: boolean;
}

/** Starts the doors, the consumers and the relay over an open database, with the data folder's rule sets loaded. */
export async function startCrossCheck(
  config: CrossCheckConfig,
  database: DataSource,
  { now, ...options }: StartOptions,
): Promise<RunningService> {
  const data = await loadData(config.DATA_DIR, database, now);
  return startService({
    name: 'cross-check',
    module: CrossCheckModule.with(database, data),
    routes: crossCheckRoutes,
    config,
    ...options,
    parts: (app) => app.get(Plumbing).serviceParts(),
  });
}

/** Rule sets and city names. A version that judged before must still be what it was. */
async function loadData(
  dataDir: string,
  database: DataSource,
  now: () => Instant,
): Promise<CrossCheckData> {
  const loaded: LoadedRuleSet[] = [];
  for (const texts of readRuleSetFolders(join(dataDir, 'rule-sets'))) {
    const each = compileTexts(texts);
    await keepRuleSet(database, each.ruleSet, texts, formatInstant(now()));
    loaded.push(each);
  }
  const cities = JSON.parse(readFileSync(join(dataDir, 'cities.json'), 'utf8')) as readonly {
    readonly code: string;
    readonly name: string;
  }[];
  const names = new Map(cities.map(({ code, name }) => [code, name]));
  return { rules: new RuleBook(loaded), cityName: (city) => names.get(city) ?? city };
}
