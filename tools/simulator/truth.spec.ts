/**
 * The simulator against the domain itself: agreements, policy packs and rule base of the data folder decide every visit of a
 * stream, and the stream checks look at what settled. What comes of it must be what the truth says, and nothing else.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Agreement,
  agreementFor,
  agreementFromWire,
  type AgreementTableWire,
  expandAgreements,
  packFromWire,
  packInForce,
  type PolicyPackWire,
} from '@domain/benefit';
import type { Coverage } from '@domain/enrolment';
import {
  civilDate,
  type CityCode,
  fen,
  isCityCode,
  parseInstant,
  parseQuantity,
} from '@domain/kernel';
import {
  compileRuleSet,
  findOverlappingSupplies,
  findRepeatedTraceCode,
  findRepeatedVisits,
  ingredientOf,
  type Involved,
  type RuleSet,
  type RuleSetHeader,
  screenVisits,
  type Suspicion,
  visitFingerprint,
} from '@domain/screening';
import {
  coverageViewOf,
  decideVisit,
  EMPTY_YEAR,
  type RecordedVisit,
  type VisitDecision,
} from '@domain/settlement';
import type { Visit } from '@lib/contracts';
import { dataFolder, readRows } from './data-folder';
import { groupBy } from './group-by';
import type { SimulatedPerson } from './person';
import { generatePopulation } from './population';
import { reference } from './reference';
import { generateVisits } from './traffic';

const from = civilDate('2026-03-02');
const population = generatePopulation({ seed: 31, persons: 9_000, on: from });
const byNumber = new Map(population.persons.map((person) => [person.personNo, person]));
const stream = [
  ...generateVisits({ seed: 31, visits: 6_000, population, from, days: 12, plantedRate: 0.06 }),
];
const jsonOf = (...path: string[]): unknown =>
  JSON.parse(readFileSync(join(dataFolder(), ...path), 'utf8'));

const agreements: readonly Agreement[] = ['36-to-43.json', '43-to-36.json'].flatMap((file) =>
  expandAgreements(jsonOf('agreements', file) as AgreementTableWire).map((wire) =>
    agreementFromWire(wire),
  ),
);
const packs = readdirSync(join(dataFolder(), 'policy-packs'))
  .filter((file) => file.endsWith('.json'))
  .map((file) => packFromWire(jsonOf('policy-packs', file) as PolicyPackWire));
const ruleSet = readRuleSet();

function readRuleSet(): RuleSet {
  const folder = join(dataFolder(), 'rule-sets', 'nhsa-2026-06');
  const file = jsonOf('rule-sets', 'nhsa-2026-06', 'rule-set.json') as Omit<
    RuleSetHeader,
    'parameters' | 'protectedCare'
  > & {
    readonly parameters: RuleSetHeader['parameters'];
    readonly protectedCare: readonly {
      readonly name: string;
      readonly from: string;
      readonly diseaseCodes: readonly string[];
      readonly itemCodes: readonly string[];
    }[];
  };
  const tables = {
    knowledgePoints: readRows(join(folder, 'nhsa_knowledge_points.csv')).map((row) => ({
      kpId: row.text('kp_id'),
      condType: row.text('cond_type'),
      condValue: row.text('cond_value'),
      condSource: row.text('cond_source'),
      effectiveFrom: row.text('effective_from'),
      supersedes: row.text('supersedes'),
    })),
    codes: readRows(join(folder, 'nhsa_knowledge_point_codes.csv')).map((row) => ({
      kpId: row.text('kp_id'),
      itemCode: row.text('item_code'),
    })),
    classes: ['drug_class_codes.csv', 'service_item_class_codes.csv'].flatMap((name) =>
      readRows(join(folder, name)).map((row) => row.text('class_code')),
    ),
  };
  const header: RuleSetHeader = {
    ...file,
    hash: '',
    effectiveFrom: civilDate(String(file.effectiveFrom)),
    parameters: { ...file.parameters, unknownCodes: 'class', supplyGraceDays: 7 },
    protectedCare: file.protectedCare.map((care) => ({
      name: care.name,
      from: civilDate(care.from),
      diseaseCodes: new Set(care.diseaseCodes),
      itemCodes: new Set(care.itemCodes),
    })),
  };
  return compileRuleSet(header, tables).ruleSet;
}

const cityOf = (text: string): CityCode => {
  if (!isCityCode(text)) throw new Error(text);
  return text;
};

/** One person's certificate stands for the key that all cities share. */
function coverageOf(person: SimulatedPerson): Coverage {
  const insuredCity = cityOf(person.insuredCity);
  return {
    personKey: person.certificateNo,
    version: 1,
    asOf: '2026-03-01T00:00:00+08:00',
    gender: person.gender,
    birthDate: person.birthDate,
    enrolments: [{ ...person, insuredCity }],
    qualifications: person.qualifications.map((each, at) => ({
      id: `q${at}`,
      insuredCity,
      ...each,
    })),
    filings: person.filings.map((each, at) => ({
      id: `f${at}`,
      insuredCity,
      ...each,
      careCity: cityOf(each.careCity),
    })),
  };
}

function decide(visit: Visit): VisitDecision {
  const person = byNumber.get(visit.personNo);
  const { personNo: _number, familyPayerPersonNo: _payer, ...rest } = visit;
  const recorded = { ...rest, personNoHash: { keyId: 'k', hash: visit.personNo } } as RecordedVisit;
  const institution = reference().places.institutions.get(visit.institutionCode);
  const agreement = agreementFor(agreements, visit.insuredCity, visit.careCity, visit.visitedOn);
  const [screened] = screenVisits(ruleSet, 'during', [
    { ...visit, subject: { ...(person ?? {}), institutionLevel: institution!.level } },
  ]);
  const coverage = person === undefined ? undefined : coverageOf(person);
  return decideVisit({
    visit: recorded,
    inputs: {
      decisionVersion: 1,
      answerVersion: 1,
      receivedAt: visit.settledAt,
      period: '202603',
      ...(coverage === undefined
        ? {}
        : {
            personKey: coverage.personKey,
            coverage: coverageViewOf(coverage, recorded, agreement),
          }),
      coverageAsOf: '2026-03-01T00:00:00+08:00',
      institution: institution!,
      screening: {
        outcome: screened!.findings.length > 0 ? 'findings' : 'passed',
        findings: screened!.findings.map((finding) => ({
          ...finding,
          amountFen: Number(finding.amountFen),
        })),
      },
      visitGroupNo: `G${visit.visitNo}`,
      settlementNos: [`S${visit.visitNo}`],
    },
    year: EMPTY_YEAR,
    pack:
      person === undefined
        ? undefined
        : packInForce(packs, visit.insuredCity, person.insurance, visit.visitedOn),
    agreement,
  });
}

const decided = stream.map((each) => ({ ...each, decision: decide(each.visit) }));
const settled = decided.filter(({ decision }) => decision.outcome === 'settled');

const involvedOf = (visit: Visit): Involved => ({
  visitGroupNo: `G${visit.visitNo}`,
  settlementNos: [`S${visit.visitNo}`],
  personKey: byNumber.get(visit.personNo)!.certificateNo,
  insuredCity: visit.insuredCity,
  careCity: visit.careCity,
  institutionCode: visit.institutionCode,
  visitNo: visit.visitNo,
  ...(visit.invoiceNo === undefined ? {} : { invoiceNo: visit.invoiceNo }),
  on: civilDate(visit.visitedOn),
  soldAt: parseInstant(visit.settledAt)!,
  lines: visit.lines.map((line) => ({ ...line, amountFen: fen(BigInt(line.amountFen)) })),
  fact: { stream: 's', version: 1 },
});

/** Everything the stream checks say about the visits that stand. */
function suspicionsOf(visits: readonly Visit[]): readonly Suspicion[] {
  const context = { ruleVersion: '1', cityName: (city: string) => city };
  const happened = visits.map((visit) => ({
    visit: involvedOf(visit),
    totalFen: fen(BigInt(visit.lines.reduce((sum, { amountFen }) => sum + amountFen, 0))),
    fingerprint: visitFingerprint(visit),
    referral: byNumber
      .get(visit.personNo)!
      .filings.some(({ careCity, type }) => careCity === visit.careCity && type === 'referral'),
  }));
  const lines = happened.flatMap((each) =>
    each.visit.lines.map((line) => ({ each, line, only: { ...each.visit, lines: [line] } })),
  );
  const sales = lines.flatMap(({ line, only }) =>
    (line.traceCodes ?? []).map((traceCode) => {
      const { packFraction = '1' } = line as { packFraction?: string };
      return { visit: only, traceCode, packTenThousandths: Number(parseQuantity(packFraction)) };
    }),
  );
  const supplies = lines.flatMap(({ each, line, only }) => {
    const ingredient = ingredientOf(line.itemCode);
    if (ingredient === undefined || line.supplyDays === undefined) return [];
    const { on: startsOn } = each.visit;
    return [
      {
        visit: only,
        ingredient,
        medicineName: line.itemName,
        startsOn,
        supplyDays: line.supplyDays,
        referral: each.referral,
      },
    ];
  });
  const found: Suspicion[] = [];
  for (const [code, own] of groupBy(sales, ({ traceCode }) => traceCode)) {
    found.push(...findRepeatedTraceCode(own, { ...context, subject: code } as typeof context));
  }
  for (const [subject, own] of groupBy(
    supplies,
    ({ visit, ingredient }) => `${visit.personKey}/${ingredient}`,
  )) {
    found.push(...findOverlappingSupplies(own, { ...context, subject, graceDays: 7 }));
  }
  for (const [subject, own] of groupBy(
    happened,
    ({ visit, fingerprint }) => `${visit.personKey}/${fingerprint}`,
  )) {
    found.push(...findRepeatedVisits(own, { ...context, subject, likeness: 'lines' }));
  }
  const invoiced = happened.filter(({ visit }) => visit.invoiceNo !== undefined);
  for (const [subject, own] of groupBy(
    invoiced,
    ({ visit }) => `${visit.personKey}/${visit.invoiceNo!}`,
  )) {
    found.push(...findRepeatedVisits(own, { ...context, subject, likeness: 'invoice' }));
  }
  return found;
}

const reversed = new Set(stream.flatMap(({ truth }) => truth?.reverseFirst ?? []));
const suspicions = suspicionsOf(
  settled.map(({ visit }) => visit).filter(({ visitNo }) => !reversed.has(visitNo)),
);

it('settles every ordinary visit', () => {
  const refused = decided.filter(
    ({ truth, decision }) => truth === undefined && decision.outcome === 'refused',
  );
  expect(refused.map(({ visit, decision }) => [visit.visitNo, decision.result])).toEqual([]);
});

it('comes, for every planted visit, to what its truth expects', () => {
  const outcomes = decided.flatMap(({ truth, decision }) =>
    truth === undefined
      ? []
      : [
          {
            kind: truth.kind,
            expected: truth.expected,
            got:
              decision.outcome === 'settled'
                ? { outcome: 'settled' }
                : { outcome: 'refused', refused: decision.result.refused },
          },
        ],
  );
  expect(outcomes.length).toBeGreaterThan(300);
  expect(outcomes.map(({ kind, got }) => [kind, got])).toEqual(
    outcomes.map(({ kind, expected }) => [kind, expected]),
  );
});

it('makes exactly the findings that the truth names, in lines that hold money back', () => {
  for (const { visit, truth } of stream) {
    const person = byNumber.get(visit.personNo);
    const level = reference().places.institutions.get(visit.institutionCode)!.level;
    const [screened] = screenVisits(ruleSet, 'during', [
      { ...visit, subject: { ...(person ?? {}), institutionLevel: level } },
    ]);
    const strong = screened!.findings.filter(({ action }) => action !== 'pass');
    const named = strong.map(({ rule, knowledgePoint, action, lineNos }) => ({
      rule,
      knowledgePoint,
      action,
      lineNo: lineNos[0],
    }));
    if (JSON.stringify(named) !== JSON.stringify([])) expect(named).toEqual([truth?.finding]);
    else expect(truth?.finding).toBeUndefined();
  }
});

it('raises exactly the suspicions that the truth names: no ordinary visit and no near miss is doubted', () => {
  const named = suspicions.map(
    ({ rule, involved }) => `${rule} ${involved.at(-1)!.visitNo} after ${involved[0]!.visitNo}`,
  );
  const planted = stream.flatMap(({ visit, truth }) =>
    truth?.suspicion === undefined
      ? []
      : [`${truth.suspicion.rule} ${visit.visitNo} after ${truth.suspicion.with[0]!}`],
  );
  expect(planted.length).toBeGreaterThan(30);
  expect([...named].sort()).toEqual([...planted].sort());
});

it('would doubt the second sale if the first had not been reversed', () => {
  const kept = suspicionsOf(settled.map(({ visit }) => visit));
  expect(kept.length).toBe(suspicions.length + reversed.size);
  expect(reversed.size).toBeGreaterThan(3);
});

it('is paid by the funds for the larger part', () => {
  let [total, fund] = [0, 0];
  for (const { decision } of settled) {
    if (decision.outcome !== 'settled') continue;
    for (const { totals, payments } of decision.result.settlements) {
      total += totals.totalFen;
      fund += payments.fundFen;
    }
  }
  expect(fund / total).toBeGreaterThan(0.5);
  expect(fund / total).toBeLessThan(0.85);
});
