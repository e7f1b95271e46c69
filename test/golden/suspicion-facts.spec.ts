import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { instant, parseInstant } from '@domain/kernel';
import { type Check, involvedFromWire, runCheck } from '@domain/screening';
import type { SuspicionRaised, SuspicionWithdrawn, VisitSettled } from '@lib/contracts';
import {
  CHANGSHA,
  fixedParts,
  INSULIN,
  PINGXIANG,
  settled,
} from '../../apps/cross-check/src/use-cases/cross-check.fixtures';
import { decideAgain, isStillWithdrawn } from '../../apps/cross-check/src/use-cases/decide-again';
import { checkOf, questionsOf } from '../../apps/cross-check/src/use-cases/questions';
import {
  raiseOf,
  suspicionIdOf,
  suspicionRoute,
  withdrawalOf,
} from '../../apps/cross-check/src/use-cases/suspicion-facts';
import { recordOf, standingOf } from '../../apps/cross-check/src/use-cases/visit-record';

const FACTS = join(__dirname, 'facts');
const context = {
  now: instant(parseInstant('2026-03-20T12:00:00+08:00') ?? 0),
  ruleSet: { id: 'sample', version: '2026-01', hash: '0'.repeat(64) },
  cityName: fixedParts.cityName,
};

/** The stored sample. With UPDATE_GOLDEN=true it is written anew: a change to explain. */
function sample(name: string, payload: string): string {
  const file = join(FACTS, `${name}.json`);
  if (process.env['UPDATE_GOLDEN'] === 'true') {
    writeFileSync(file, `${JSON.stringify(JSON.parse(payload), undefined, 2)}\n`);
  }
  return readFileSync(file, 'utf8');
}

const insulin = (name: string, on: string, careCity: string) => {
  const lines = [{ itemCode: INSULIN, itemName: '德谷门冬双胰岛素注射液', supplyDays: 28 }];
  const { payload } = settled({ name, on, careCity, lines });
  return recordOf(payload as VisitSettled, { stream: `benefit-year/${name}`, version: 1 });
};
const records = [insulin('A', '2026-03-02', PINGXIANG), insulin('B', '2026-03-07', CHANGSHA)];
const question = questionsOf(records[0]!).find(({ kind }) => kind === 'supply')!;
const command = { check: question.kind, subject: question.subject };
const checkWithout = (reversed: readonly string[]): Check =>
  checkOf(
    question,
    records.flatMap((record) => standingOf(record, reversed) ?? []),
    7,
  );
const considered = checkWithout([]);
const [suspicion] = runCheck(considered, {
  ruleVersion: context.ruleSet.version,
  cityName: context.cityName,
  subject: question.subject,
});
const id = suspicionIdOf(suspicion!);
const raised = raiseOf(id, { suspicion: suspicion!, command, considered }, undefined, context);

describe('SuspicionRaised.v1', () => {
  const text = sample('SuspicionRaised.v1', raised.draft.payload);
  const stored = JSON.parse(text) as SuspicionRaised;

  it('is still written as it was', () => {
    expect(JSON.parse(raised.draft.payload)).toEqual(stored);
  });

  it('is decided again from what it recorded, to the same result', () => {
    expect(decideAgain(stored)).toEqual(stored.result);
  });

  it('is decided otherwise when a day of what it recorded is altered', () => {
    const altered = JSON.parse(text.replaceAll('"2026-03-07"', '"2026-03-08"')) as SuspicionRaised;
    expect(decideAgain({ ...altered, result: stored.result })).not.toEqual(stored.result);
  });

  it('carries evidence that reads back unchanged, and no disease', () => {
    for (const each of stored.result.involved) {
      expect(involvedFromWire(each).lines.length).toBeGreaterThan(0);
    }
    expect(text).not.toMatch(/disease|欺诈/i);
  });

  it('is published by the person it concerns', () => {
    expect(suspicionRoute(raised.draft.stream)).toEqual({
      topic: 'crosscheck.facts',
      key: 'person-1',
    });
    expect(suspicionRoute('inbox/dropped')).toBeUndefined();
  });
});

describe('SuspicionWithdrawn.v1', () => {
  const left = checkWithout(['S-A']);
  const draft = withdrawalOf({ ...raised.row, state: 'open' }, left, '相关结算已冲正', context);
  const stored = JSON.parse(sample('SuspicionWithdrawn.v1', draft.payload)) as SuspicionWithdrawn;

  it('is still written as it was', () => {
    expect(JSON.parse(draft.payload)).toEqual(stored);
  });

  it('shows that what is left supports no suspicion', () => {
    expect(isStillWithdrawn(stored)).toBe(true);
    const whole = (JSON.parse(raised.draft.payload) as SuspicionRaised).inputs;
    expect(isStillWithdrawn({ ...stored, inputs: whole })).toBe(false);
  });
});
