import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EnrolmentFact } from '@domain/enrolment';
import { instant, parseInstant } from '@domain/kernel';
import type { RecordedLine, RecordedVisit, SettlementReversed, VisitSettled } from '@lib/contracts';
import { type ReceivedFact, createUnitOfWork, journalMigrations } from '@lib/journal';
import { createTestDatabase, type TestDatabase } from '@lib/testkit';
import { crossCheckMigrations } from '../storage/migrations';
import { readRuleSetFolders } from '../storage/rule-set-files';
import type { CheckParts } from './check-settlements';
import { compileTexts } from './load-rule-sets';
import { type LoadedRuleSet, RuleBook } from './rule-book';

export const PINGXIANG = '360300';
export const CHANGSHA = '430100';
export const ZHUZHOU = '430200';

/** Real codes of the published batches. */
export const WOMEN_ONLY = 'ZD03AAA0043010100166';
export const INSULIN = 'XA10ADD335B002010107103';
export const INSULIN_OF_ANOTHER_MAKER = 'XA10ADD335B002020182963';
export const BOX = '81234567890123456789';

const DATA = join(__dirname, '../../../../data');

/** The rule set in `data/`, compiled once. */
export const publishedRules: LoadedRuleSet = compileTexts(
  readRuleSetFolders(join(DATA, 'rule-sets'))[0] ?? {},
);

const CITIES = JSON.parse(readFileSync(join(DATA, 'cities.json'), 'utf8')) as readonly {
  readonly code: string;
  readonly name: string;
}[];

export const fixedParts: CheckParts = {
  rules: new RuleBook([publishedRules]),
  cityName: (city) => CITIES.find(({ code }) => code === city)?.name ?? city,
  now: () => instant(parseInstant('2026-03-20T12:00:00+08:00') ?? 0),
};

/** A database with the tables of cross-check and a unit of work over it. */
export async function openCrossCheck(name: string) {
  const database: TestDatabase = await createTestDatabase({
    migrations: [...journalMigrations, ...crossCheckMigrations],
    name,
  });
  return { database, work: createUnitOfWork(database.dataSource) };
}

let versions = 0;

/** A fact as the inbox hands it over. Versions count on for the whole test file. */
export function received(type: string, payload: unknown, stream = 'benefit-year/x'): ReceivedFact {
  versions += 1;
  return {
    producer: 'settlement',
    stream,
    version: versions,
    type,
    recordedAt: '2026-03-20T12:00:00+08:00',
    text: JSON.stringify(payload),
    payload,
  };
}

export interface VisitWish {
  readonly name: string;
  readonly personKey?: string;
  readonly careCity?: string;
  readonly insuredCity?: string;
  readonly on: string;
  readonly lines?: readonly Partial<RecordedLine>[];
  readonly visit?: Partial<RecordedVisit>;
  readonly filing?: 'referral' | 'longTermResident';
  readonly screening?: 'passed' | 'skipped';
}

/** A settled visit `G-name` with one settlement `S-name`. */
export function settled(wish: VisitWish): ReceivedFact {
  const careCity = wish.careCity ?? CHANGSHA;
  const lines = (wish.lines ?? [{}]).map(lineOf);
  const personKey = wish.personKey ?? 'person-1';
  const stream = `benefit-year/${wish.insuredCity ?? PINGXIANG}/2026/${personKey}`;
  const payload: Pick<VisitSettled, 'command' | 'result'> & { readonly inputs: object } = {
    command: {
      visitNo: `V-${wish.name}`,
      insuredCity: wish.insuredCity ?? PINGXIANG,
      careCity,
      personNoHash: { keyId: 'k1', hash: personKey },
      institutionCode: `H-${careCity}`,
      careType: 'chronic',
      visitedOn: wish.on,
      settledAt: `${wish.on}T10:00:00+08:00`,
      lines,
      ...wish.visit,
    },
    inputs: { screening: { outcome: wish.screening ?? 'passed', findings: [] } },
    result: {
      visitGroupNo: `G-${wish.name}`,
      personKey,
      insurance: 'resident',
      settlements: [
        {
          settlementNo: `S-${wish.name}`,
          lineNos: lines.map(({ lineNo }) => lineNo),
          filing: { id: 'f1', type: wish.filing ?? 'longTermResident' },
        },
      ],
    } as unknown as VisitSettled['result'],
  };
  return received('VisitSettled.v1', payload, stream);
}

const lineOf = (line: Partial<RecordedLine>, index: number): RecordedLine => ({
  lineNo: index + 1,
  itemCode: 'XC08CAA901A001010199001',
  itemName: '苯磺酸氨氯地平片',
  itemType: 'drug',
  catalogueClass: 'A',
  quantity: '1',
  unitPriceMicroYuan: 24_500_000,
  amountFen: 2450,
  ...line,
});

/** The reversal of the settlement of `settled({ name })`. */
export function reversed(name: string): ReceivedFact {
  const result = { settlementNo: `S-${name}`, visitGroupNo: `G-${name}` };
  const payload: Pick<SettlementReversed, 'result'> = {
    result: result as SettlementReversed['result'],
  };
  return received('SettlementReversed.v1', payload);
}

/** A person registered at a city, as a fact of `enrolment.facts`. */
export function enrolled(
  personKey: string,
  gender: 'male' | 'female',
  insuredCity = PINGXIANG,
): ReceivedFact {
  const fact: EnrolmentFact = {
    type: 'EnrolmentChanged.v1',
    result: {
      personKey,
      personNoHash: { keyId: 'k1', hash: `hash-of-${personKey}` },
      gender,
      birthDate: '1960-01-01',
      insuredCity,
      insurance: 'resident',
      personType: 'resident',
      state: 'active',
      from: '2020-01-01',
    },
  };
  return {
    ...received(fact.type, { result: fact.result }, `person/${personKey}`),
    producer: 'enrolment-query',
  };
}

/** An institution of the registry, as a fact of `settlement.facts`. */
export const registered = (institutionCode: string, city: string, level: number): ReceivedFact =>
  received(
    'InstitutionChanged.v1',
    {
      result: {
        institutionCode,
        name: '样品医院',
        city,
        level,
        kind: 'hospital',
        mutualPharmacy: false,
        state: 'active',
      },
    },
    `institution/${institutionCode}`,
  );
