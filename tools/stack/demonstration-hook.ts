import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord } from './files';
import type { RunningStack } from './running-stack';

/** How the demonstration was asked for. */
export interface DemonstrationWish {
  readonly once: boolean;
  readonly empty: boolean;
}

/**
 * Loads the ten cities and shows them settling. Resolves with false, or rejects, when anything fell short of what it promises to
 * show. Exported as `demonstrate` from tools/demonstration/main.ts.
 */
export type Demonstrate = (stack: RunningStack, wish: DemonstrationWish) => Promise<boolean>;

/** Runs the demonstration where there is one; a checkout without it has nothing to fall short of. */
export async function runDemonstration(
  stack: RunningStack,
  wish: DemonstrationWish,
): Promise<boolean> {
  const path = join(__dirname, '..', 'demonstration', 'main');
  if (!['.js', '.ts'].some((ending) => existsSync(`${path}${ending}`))) return true;
  const demonstration: unknown = await import(path);
  if (!offersDemonstration(demonstration)) return true;
  return demonstration.demonstrate(stack, wish);
}

function offersDemonstration(value: unknown): value is { readonly demonstrate: Demonstrate } {
  return isRecord(value) && typeof value['demonstrate'] === 'function';
}
