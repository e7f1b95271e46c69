import type { CheckKind, CheckWire, LineRule, StreamRule, SuspicionWire } from '@domain/screening';
import type { Fact } from '../fact';
import type { DocumentRef } from '../settlement/facts';
import type { Finding } from './screening';

/**
 * Facts of the streams `suspicion/{personKey}/{suspicionId}`, published on `crosscheck.facts` with the personKey as
 * Kafka key. A suspicion is a doubt with evidence, not a judgement: it names settlements, lines, places and days.
 */
export type SuspicionFactType = 'SuspicionRaised.v1' | 'SuspicionWithdrawn.v1';

/** What was asked, and about what: a trace code, a person's medicine, an invoice, a visit. */
export interface CheckCommand {
  readonly check: CheckKind | 'line-rules';
  readonly subject: string;
}

export interface CheckInputs {
  readonly decisionVersion: number;
  readonly decidedAt: string;
  readonly ruleSet: DocumentRef;
  /** The names of cities as the text used them. */
  readonly cityNames: Readonly<Record<string, string>>;
  /** What a stream check considered; decided again, it gives the result. */
  readonly considered?: CheckWire;
  /** The finding of the rules that look at one line, for visits that were settled unscreened. */
  readonly finding?: Finding;
}

export interface SuspicionRaisedResult extends SuspicionWire {
  readonly suspicionId: string;
  readonly personKey: string;
  readonly rule: StreamRule | LineRule;
}

export type SuspicionRaised = Fact<CheckCommand, CheckInputs, SuspicionRaisedResult>;

export interface SuspicionWithdrawnResult {
  readonly suspicionId: string;
  readonly personKey: string;
  readonly rule: string;
  /** Why the evidence no longer supports it (zh-CN). */
  readonly reason: string;
}

export type SuspicionWithdrawn = Fact<
  CheckCommand,
  Omit<CheckInputs, 'finding'>,
  SuspicionWithdrawnResult
>;
