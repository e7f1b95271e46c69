import type { Visit } from '@lib/contracts';
import { type Answer, call, field, listOf, numberOf, textOf, until } from './http';
import type { Stage } from './stage';

/** One visit's answer: from a call of its own or from a batch. */
export interface VisitAnswer {
  readonly visit: Visit;
  readonly status: number;
  readonly body: unknown;
}

/** Settles visits of one care city in one call; answers in their order. */
export async function settleBatch(
  stage: Stage,
  careCity: string,
  visits: readonly Visit[],
): Promise<readonly VisitAnswer[]> {
  const answer = await call(`${stage.services.settlement}/v1/settlements/batch`, {
    token: stage.token(`partner:${careCity}`),
    json: { visits: visits.map((visit) => ({ idempotencyKey: keyOf(visit), ...visit })) },
  });
  const results = listOf(answer.body, 'results');
  return visits.map((visit, index) => {
    const result = results[index];
    return result === undefined
      ? { visit, status: answer.status, body: answer.body }
      : { visit, status: numberOf(result, 'status'), body: field(result, 'body') };
  });
}

/** Settles one visit. */
export async function settleOne(stage: Stage, visit: Visit): Promise<VisitAnswer> {
  const { status, body }: Answer = await call(`${stage.services.settlement}/v1/settlements`, {
    token: stage.token(`partner:${visit.careCity}`),
    json: visit,
    idempotencyKey: keyOf(visit),
  });
  return { visit, status, body };
}

/** The key under which a visit is handed in: its number, which is never used twice. */
const keyOf = ({ institutionCode, visitNo }: Visit): string => `${institutionCode}-${visitNo}`;

export const isSettled = ({ status }: VisitAnswer): boolean => status === 201;

/** Whether screening did not answer in time and the visit settled without it. */
export const wasSkipped = ({ body }: VisitAnswer): boolean =>
  textOf(field(body, 'screening'), 'outcome') === 'skipped';

/** The settlements in an answer. */
export const settlementsOf = ({ body }: VisitAnswer): readonly unknown[] =>
  listOf(body, 'settlements');

/** The number of the first settlement in an answer; empty when it was refused. */
export const settlementNoOf = (answer: VisitAnswer): string =>
  textOf(settlementsOf(answer)[0], 'settlementNo');

/** Waits for a suspicion of a rule about a settlement, and gives it; undefined when none comes in time. */
export function suspicionAbout(
  stage: Stage,
  settlementNo: string,
  rule: string,
  seconds: number,
): Promise<unknown> {
  const query = new URLSearchParams({ settlementNo, rule, state: 'open' });
  return until(seconds, async () => {
    const answer = await call(`${stage.services.crossCheck}/v1/suspicions?${query.toString()}`, {
      token: stage.token('operator'),
    });
    return listOf(answer.body, 'suspicions')[0];
  });
}
