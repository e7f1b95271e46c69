import { dateOf } from '@domain/kernel';
import {
  type PlantedCase,
  type PlantKind,
  plantedCase,
  type Population,
  reference,
  type SingleCaseWish,
} from '../simulator';
import { listOf, numberOf, textOf, told } from './http';
import {
  isSettled,
  settlementNoOf,
  settleOne,
  suspicionAbout,
  type VisitAnswer,
  wasSkipped,
} from './settle';
import { yuan } from './screen';
import type { Shortfalls, Stage } from './stage';
import { liveWindow } from './traffic';

const SUSPECTED_WITHIN_SECONDS = 30;
/** Persons tried before it counts that screening never answered in time. */
const BLOCK_ATTEMPTS = 4;

type Where = Pick<SingleCaseWish, 'places' | 'skip'>;

/** Three wrong claims, caught while the reader looks: a box sold twice, insulin supplied twice, and a drug for the other gender. */
export async function catchWrongClaims(
  stage: Stage,
  population: Population,
  runTag: number,
  shortfalls: Shortfalls,
): Promise<void> {
  const makeCase = (kind: PlantKind, step: number, where: Where = {}): PlantedCase | undefined =>
    plantedCase({
      kind,
      seed: runTag + step,
      runTag: runTag + step,
      population,
      ...liveWindow(stage.now()),
      secondCities: false,
      ...where,
    });
  const places = { first: '360300', second: '430100', secondCounty: '430181' };
  await showSuspicion(stage, shortfalls, {
    title: '案例一 同一盒药在萍乡、浏阳两次销售 one box sold twice',
    planted: makeCase('trace-code-resold', 1, { places }),
  });
  await showSuspicion(stage, shortfalls, {
    title: '案例二 胰岛素在省界两侧重复取药 insulin supplied twice across the border',
    planted: makeCase('overlapping-insulin-two-insurances', 2, { places }),
  });
  await showBlock(stage, shortfalls, (attempt) =>
    makeCase('wrong-gender', 3 + attempt, { skip: attempt }),
  );
}

interface Shown {
  readonly title: string;
  readonly planted: PlantedCase | undefined;
}

async function showSuspicion(
  stage: Stage,
  shortfalls: Shortfalls,
  { title, planted = [] }: Shown,
): Promise<void> {
  const { screen } = stage;
  screen.line('');
  screen.line(`  ▌${title}`);
  let last: VisitAnswer | undefined;
  for (const { visit, truth } of planted) {
    last = await settleOne(stage, visit);
    screen.line(
      `    ${visit.settledAt.slice(0, 16).replace('T', ' ')} ${placeOf(visit.institutionCode)}:${truth.note} ${outcomeOf(last)}`,
    );
  }
  const rule = planted.at(-1)?.truth.suspicion?.rule;
  const settled = last !== undefined && isSettled(last);
  if (!shortfalls.expect(settled && rule !== undefined, `${title}:未能演示`)) return;
  if (last === undefined || rule === undefined) return;
  const begun = performance.now();
  const suspicion = await suspicionAbout(
    stage,
    settlementNoOf(last),
    rule,
    SUSPECTED_WITHIN_SECONDS,
  );
  if (
    !shortfalls.expect(suspicion !== undefined, `${title}:未在${SUSPECTED_WITHIN_SECONDS}秒内发现`)
  )
    return;
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  screen.line(`    ⚠ 已发现 caught (${seconds} s):${textOf(suspicion, 'text')}`);
  screen.line(
    `      规则 rule ${textOf(suspicion, 'rule')} · 依据 limit ${textOf(suspicion, 'limit')} · 实际 observed ${textOf(suspicion, 'observed')} · 涉及 amount ${yuan(numberOf(suspicion, 'amountFen'))} 元`,
  );
  screen.line(`      证据 evidence GET /v1/suspicions/${textOf(suspicion, 'suspicionId')}`);
}

async function showBlock(
  stage: Stage,
  shortfalls: Shortfalls,
  makeCase: (attempt: number) => PlantedCase | undefined,
): Promise<void> {
  const { screen } = stage;
  screen.line('');
  screen.line('  ▌案例三 事中审核拦截 stopped by screening before any money moved');
  for (let attempt = 0; attempt < BLOCK_ATTEMPTS; attempt += 1) {
    const planted = makeCase(attempt)?.[0];
    if (planted === undefined) break;
    const answer = await settleOne(stage, planted.visit);
    // Not stopped because screening did not answer in its 300 ms: care went on, and the rule runs again when the fact arrives.
    if (isSettled(answer) && wasSkipped(answer)) continue;
    const finding = listOf(answer.body, 'findings')[0];
    const blocked = textOf(answer.body, 'refused') === 'settlement.blocked-by-screening';
    if (!shortfalls.expect(blocked, `案例三:未被拦截 ${told(answer)}`)) return;
    screen.line(
      `    ${placeOf(planted.visit.institutionCode)} ${dateOf(planted.at)}:${planted.truth.note}`,
    );
    screen.line(`    ✗ 已拦截 blocked:${textOf(finding, 'text')}`);
    screen.line(
      `      知识点 knowledge point ${textOf(finding, 'knowledgePoint')} · 处理 remedy:${textOf(answer.body, 'remedy')}`,
    );
    return;
  }
  shortfalls.expect(false, '案例三:审核服务一直没有按时应答');
}

/** An institution as people call it, with its city where the name does not tell. */
function placeOf(institutionCode: string): string {
  const { places } = reference();
  const found = places.institutions.get(institutionCode);
  const city = places.cityNames.get(found?.city ?? '') ?? '';
  const name = found?.name ?? institutionCode;
  return name.startsWith(city) ? name : `${city} ${name}`;
}

const outcomeOf = (answer: VisitAnswer): string =>
  isSettled(answer) ? `✓ 已结算 settled ${settlementNoOf(answer)}` : `✗ ${told(answer)}`;
