import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { civilDate } from '@domain/kernel';
import { type Screened, screenVisits, type VisitToJudge } from '@domain/screening';
import { readRuleSetFolders } from '../apps/cross-check/src/storage/rule-set-files';
import { compileTexts } from '../apps/cross-check/src/use-cases/load-rule-sets';
import { round, say, type Summary } from './summary';

const BATCH = 200;
const BATCHES = 100;
const WARM_UP_MS = 1_000;
const RUN_MS = 5_000;
/** Every how many claims one holds a line that a rule names: about what screening meets in ordinary traffic, and more. */
const NAMED_EVERY = 4;

const AIM_PER_SECOND = 200_000;

/**
 * `npm run bench -- screening`: claims of five to ten lines against the published rules, in process, per second of CPU
 * (garbage collection included), without JSON. The item codes of a batch are fresh strings, as they are after parsing, so
 * that every hash of a string is paid for.
 */
export function screening(): Promise<Summary> {
  const before = process.memoryUsage().heapUsed;
  const loadStart = performance.now();
  const [texts] = readRuleSetFolders(join(process.cwd(), 'data/rule-sets'));
  if (texts === undefined) throw new Error('data/rule-sets holds no rule set');
  const { ruleSet, report } = compileTexts(texts);
  const loadMs = performance.now() - loadStart;
  const codes = [...ruleSet.conditionsByItem.keys()];
  say(
    `${report.codeRules} code-level rules on ${report.itemCodes} item codes, loaded in ${round(loadMs)} ms`,
  );

  const texts200 = Array.from({ length: BATCHES }, (_, index) =>
    JSON.stringify(Array.from({ length: BATCH }, (__, at) => claim(index * BATCH + at, codes))),
  );
  let claims = 0;
  let found = 0;
  let spentMs = 0;
  const stopAt = performance.now() + WARM_UP_MS + RUN_MS;
  const countFrom = performance.now() + WARM_UP_MS;
  for (let turn = 0; performance.now() < stopAt; turn += 1) {
    const visits = JSON.parse(texts200[turn % BATCHES] ?? '[]') as VisitToJudge[];
    const start = process.cpuUsage();
    const screened = screenVisits(ruleSet, 'during', visits);
    const { user, system } = process.cpuUsage(start);
    if (performance.now() < countFrom) continue;
    spentMs += (user + system) / 1000;
    claims += screened.length;
    found += screened.reduce((sum, each: Screened) => sum + each.findings.length, 0);
  }
  const perSecond = Math.round((claims / spentMs) * 1000);
  say(`${perSecond} claims per second of CPU, ${round(found / claims)} findings a claim`);
  return Promise.resolve({
    bench: 'screening',
    passed: perSecond >= AIM_PER_SECOND,
    durability: { note: 'in process, nothing is stored' },
    baseline: {},
    figures: {
      perSecond,
      findingsPerClaim: round(found / claims),
      codeRules: report.codeRules,
      itemCodes: report.itemCodes,
      loadMs: round(loadMs),
      memoryMb: round((process.memoryUsage().heapUsed - before) / 1_048_576),
    },
  });
}

/** The claim of this number: five to ten lines, one of them now and then named by a rule. */
function claim(number: number, codes: readonly string[]): VisitToJudge {
  const lines = Array.from({ length: 5 + (number % 6) }, (_, index) => ({
    lineNo: index + 1,
    itemCode:
      index === 2 && number % NAMED_EVERY === 0
        ? (codes[(number * 7919) % codes.length] ?? '')
        : `XC08CAA${String(100 + ((number + index) % 800))}A001010${String(100_000 + index)}`,
    itemName: '苯磺酸氨氯地平片',
    amountFen: 2450,
    performedAt: '2026-06-20T10:00:00+08:00',
  }));
  return {
    careType: 'chronic',
    visitedOn: '2026-06-20',
    diseaseCode: 'M03900',
    subject: {
      gender: number % 2 === 0 ? 'male' : 'female',
      birthDate: civilDate('1960-01-01'),
      insurance: 'resident',
      institutionLevel: 1 + (number % 3),
    },
    lines,
  };
}
