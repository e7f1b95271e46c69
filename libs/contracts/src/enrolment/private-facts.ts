import type { Refusal } from '@domain/kernel';
import type { Fact } from '../fact';

/** Facts of enrolment-query that are not published: who read whom, and what was refused. */

/** Stream `access/{personKey}`: a person was read, by whom stands in the fact's actor. */
export type CoverageRead = Fact<
  {
    readonly insuredCity: string;
    readonly by: 'personNo' | 'certificate';
    readonly on: string;
    readonly knownOn?: string;
    readonly diseaseCode?: string;
    readonly purpose: string;
    readonly reference?: string;
  },
  {
    readonly decidedAt: string;
    /** The stream and version that the answer was read from. */
    readonly person: { readonly stream: string; readonly version: number };
  },
  /** What was shown, without the name. */
  { readonly personKey: string; readonly shown: readonly string[] }
>;

/** Stream `refusals/{insuredCity}/{day}/{shard}`: a command past authentication and schema that was not accepted. */
export type EnrolmentRefused = Fact<
  { readonly kind: string; readonly [field: string]: unknown },
  {
    readonly decidedAt: string;
    readonly person?: { readonly stream: string; readonly version: number };
    readonly [input: string]: unknown;
  },
  Refusal
>;
