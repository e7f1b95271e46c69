import type { Scope } from './lifetime';
import type { PartListener } from './part';

/** What every part of a stack stands on: its folder, who hears of it, and what it ends with. */
export interface Ground extends PartListener {
  readonly runDir: string;
  readonly scope: Scope;
}
