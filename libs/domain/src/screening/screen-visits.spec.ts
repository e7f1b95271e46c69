import { civilDate } from '@domain/kernel';
import * as fc from 'fast-check';
import {
  ACTIONS,
  type Action,
  compileRuleSet,
  type KnowledgePointRow,
  LINE_RULES,
  type LineRule,
  type RuleSet,
  type RuleSetHeader,
  screenVisits,
  type VisitToJudge,
} from '.';

const WOMEN_ONLY = 'ZD02AAG0231010100312';
const CHILD_ONLY = 'ZA04CAE0023010100166';
const WORK_INJURY = 'XJ07BGR030B014010101119';
const LEVEL_TWO = 'ZC01AAA0042010105549';
const ORDINARY = 'XC08CAA001A001010100001';

const rows: readonly KnowledgePointRow[] = [
  row('kp-women', 'gender', '女'),
  row('kp-child', 'child_only', 'child'),
  row('kp-injury', 'insurance_type', '工伤'),
  row('kp-level', 'institution_level_min', '二级'),
];
const codes = [
  { kpId: 'kp-women', itemCode: WOMEN_ONLY },
  { kpId: 'kp-child', itemCode: CHILD_ONLY },
  { kpId: 'kp-injury', itemCode: WORK_INJURY },
  { kpId: 'kp-level', itemCode: LEVEL_TWO },
];

function row(kpId: string, condType: string, condValue: string): KnowledgePointRow {
  return {
    kpId,
    condType,
    condValue,
    condSource: 'given',
    effectiveFrom: '2025-05-23',
    supersedes: '',
  };
}

const during: Readonly<Record<LineRule, Action>> = {
  gender: 'block',
  'child-only': 'block',
  'age-range': 'block',
  'insurance-type': 'selfPay',
  'institution-level': 'selfPay',
  'code-unknown': 'pass',
  'code-malformed': 'remind',
};
const reminders = (action: Action): Readonly<Record<LineRule, Action>> => ({
  gender: action,
  'child-only': action,
  'age-range': action,
  'insurance-type': action,
  'institution-level': action,
  'code-unknown': action,
  'code-malformed': action,
});

const header: RuleSetHeader = {
  id: 'sample',
  version: '2026-01',
  hash: 'h',
  effectiveFrom: civilDate('2025-05-23'),
  actions: { before: reminders('remind'), during },
  parameters: {
    childAge: { doubtfulFrom: 14, certainFrom: 18 },
    workingAge: { from: 16, untilMale: 63, untilFemale: 58 },
    insurancesMeeting: { 工伤: [], 生育: [] },
    unknownCodes: 'class',
    supplyGraceDays: 7,
  },
  protectedCare: [
    {
      name: 'dialysis',
      from: civilDate('2023-01-01'),
      until: civilDate('2026-06-30'),
      diseaseCodes: new Set(['M07801']),
      itemCodes: new Set(['003110000060000']),
    },
  ],
};
const tables = { knowledgePoints: rows, codes, classes: ['XC08', '3110'] };
const { ruleSet } = compileRuleSet(header, tables);

const man = {
  gender: 'male',
  birthDate: civilDate('1960-01-01'),
  insurance: 'resident',
  institutionLevel: 1,
} as const;

const line = (lineNo: number, itemCode: string, more: object = {}) => ({
  lineNo,
  itemCode,
  itemName: '样品',
  amountFen: 4900,
  ...more,
});
const visit = (more: Partial<VisitToJudge> = {}): VisitToJudge => ({
  careType: 'chronic',
  visitedOn: '2026-03-02',
  diseaseCode: 'M03900',
  subject: man,
  lines: [line(1, ORDINARY), line(2, WOMEN_ONLY)],
  ...more,
});
const screen = (more: Partial<VisitToJudge> = {}, rules: RuleSet = ruleSet) =>
  screenVisits(rules, 'during', [visit(more)])[0]!;

describe('screening a visit', () => {
  it('tells line, item, limit and what was seen, with the rule behind it', () => {
    expect(screen()).toEqual({
      action: 'block',
      findings: [
        {
          action: 'block',
          state: 'hit',
          rule: 'gender',
          ruleVersion: '2026-01',
          knowledgePoint: 'kp-women',
          certainty: 'certain',
          lineNos: [2],
          observed: '男性',
          limit: '限女性',
          amountFen: 4900n,
          text: '第2行“样品”限女性使用，参保人为男性',
        },
      ],
    });
  });

  it('lets an ordinary visit pass without a word', () => {
    expect(screen({ lines: [line(1, ORDINARY)] })).toEqual({ action: 'pass', findings: [] });
  });

  it('only reminds before the service', () => {
    expect(screenVisits(ruleSet, 'before', [visit()])[0]!.action).toBe('remind');
  });

  it.each([
    // day of service of the line           visited on    judged
    [undefined, '2025-05-22', false], //    the day before the publication
    [undefined, '2025-05-23', true],
    ['2025-05-22T23:59:59+08:00', '2025-06-01', false],
    ['2025-05-23T00:00:00+08:00', '2025-06-01', true],
    ['2025-05-22T16:00:00Z', '2025-06-01', true], // already the 23rd in China
    ['2025-05-22T15:59:59Z', '2025-06-01', false],
  ])('performed %s, visited %s: judged %s', (performedAt, visitedOn, judged) => {
    const { findings } = screen({ visitedOn, lines: [line(1, WOMEN_ONLY, { performedAt })] });
    expect(findings.length > 0).toBe(judged);
  });

  it('reports every rule that a line breaks and asks for the strongest action', () => {
    const { action, findings } = screen({
      lines: [line(1, LEVEL_TWO), line(2, WORK_INJURY), line(3, CHILD_ONLY)],
    });
    expect(findings.map(({ rule, action: each }) => [rule, each])).toEqual([
      ['institution-level', 'selfPay'],
      ['insurance-type', 'selfPay'],
      ['child-only', 'block'],
    ]);
    expect(action).toBe('block');
  });

  it('never does more than remind where the rule is only suspected to be broken', () => {
    const { findings } = screen({
      subject: { ...man, birthDate: civilDate('2010-03-02') },
      lines: [line(1, CHILD_ONLY)],
    });
    expect(findings.map((each) => [each.certainty, each.action])).toEqual([
      ['suspected', 'remind'],
    ]);
  });

  it('leaves what depends on an unknown person undetermined and lets it pass', () => {
    const lines = [line(1, WOMEN_ONLY), line(2, CHILD_ONLY), line(3, WORK_INJURY)];
    const { action, findings } = screen({ subject: undefined, lines });
    expect(findings.map(({ state }) => state)).toEqual(Array(3).fill('undetermined'));
    expect(action).toBe('pass');
  });

  it.each([
    // code                      mode     rule
    ['XC08CAA009A001010100001', 'class', undefined], //         ordinary medicine that no rule names
    ['XZ99CAA009A001010100001', 'class', 'code-unknown'], //    of a class that nobody published
    ['XC08CAA009A001010100001', 'all', 'code-unknown'],
    ['XZ99CAA009A001010100001', 'off', undefined],
    ['aspirin', 'off', 'code-malformed'],
  ] as const)('%s with unknown codes reported %s: %s', (code, unknownCodes, rule) => {
    const rules = { ...ruleSet, parameters: { ...ruleSet.parameters, unknownCodes } };
    expect(screen({ lines: [line(1, code)] }, rules).findings[0]?.rule).toBe(rule);
  });
});

describe('protected care', () => {
  it.each([
    // what protects                                                     action
    [{ emergency: true }, 'remind'],
    [{ careType: 'emergency' }, 'remind'],
    [{ diseaseCode: 'M07801' }, 'remind'],
    [{ diseaseCode: 'M07800' }, 'block'], //                             not dialysis
    [{ diseaseCode: 'M07801', visitedOn: '2026-07-01' }, 'block'], //    the list has ended
    [{ lines: [line(1, '003110000060000'), line(2, WOMEN_ONLY)] }, 'remind'],
    [{ lines: [line(1, ORDINARY, { diseaseCode: 'M07801' }), line(2, WOMEN_ONLY)] }, 'remind'],
  ] as const)('%j: %s', (more, action) => {
    expect(screen(more).action).toBe(action);
  });

  it('shields a line from self-payment only where the line itself belongs to it', () => {
    const { findings } = screen({
      lines: [line(1, LEVEL_TWO, { diseaseCode: 'M07801' }), line(2, LEVEL_TWO)],
    });
    expect(findings.map(({ action }) => action)).toEqual(['remind', 'selfPay']);
  });

  it('does not shield the institution from a strike-off', () => {
    const rules = { ...ruleSet, actions: { ...ruleSet.actions, during: reminders('strikeOff') } };
    expect(screen({ emergency: true }, rules).action).toBe('strikeOff');
  });
});

describe('laws of screening', () => {
  const itemCode = fc.constantFrom(WOMEN_ONLY, CHILD_ONLY, WORK_INJURY, LEVEL_TWO, ORDINARY, '?');
  const visits = fc.array(
    fc.record({
      codes: fc.array(itemCode, { minLength: 1, maxLength: 6 }),
      gender: fc.constantFrom('male' as const, 'female' as const),
      emergency: fc.boolean(),
    }),
    { maxLength: 5 },
  );
  const build = (each: { codes: string[]; gender: 'male' | 'female'; emergency: boolean }) =>
    visit({
      emergency: each.emergency,
      subject: { ...man, gender: each.gender },
      lines: each.codes.map((code, index) => line(index + 1, code)),
    });

  it('a visit is judged the same alone and in company', () => {
    fc.assert(
      fc.property(visits, (drawn) => {
        const built = drawn.map(build);
        const together = screenVisits(ruleSet, 'during', built);
        expect(together).toEqual(built.flatMap((each) => screenVisits(ruleSet, 'during', [each])));
      }),
    );
  });

  it('the action of a visit is the strongest of its findings, and emergencies are never stopped', () => {
    fc.assert(
      fc.property(visits, (drawn) => {
        screenVisits(ruleSet, 'during', drawn.map(build)).forEach((screened, index) => {
          const strengths = screened.findings.map(({ action }) => ACTIONS.indexOf(action));
          expect(ACTIONS.indexOf(screened.action)).toBe(Math.max(0, ...strengths));
          if (drawn[index]!.emergency) expect(['pass', 'remind']).toContain(screened.action);
        });
      }),
    );
  });

  it('every rule has an action for both stages', () => {
    expect(Object.keys(during).sort()).toEqual([...LINE_RULES].sort());
  });
});

describe('compiling published rows', () => {
  it('reports what it cannot read and what waits for another version', () => {
    const { report } = compileRuleSet(header, {
      ...tables,
      knowledgePoints: [
        ...rows,
        row('kp-a', 'gender', '未知'),
        { ...row('kp-b', 'gender', '女'), condSource: 'unresolved' },
        { ...row('kp-c', 'gender', '女'), effectiveFrom: '2026-02-30' },
        row('kp-d', 'max_days', '7'),
        row('kp-e', 'gender', '女'),
      ],
      codes: [...codes, { kpId: 'kp-a', itemCode: ORDINARY }, { kpId: 'kp-d', itemCode: ORDINARY }],
    });
    expect(report).toMatchObject({ rows: 9, rowsUsed: 4, codeRules: 4, itemCodes: 4 });
    expect(report.waiting).toEqual({ max_days: 1 });
    expect(report.notUnderstood.map(({ kpId }) => kpId)).toEqual(['kp-a', 'kp-b', 'kp-c', 'kp-e']);
  });

  it('lets a later row stand in the place of the row it supersedes, from its own day on', () => {
    const { ruleSet: changed } = compileRuleSet(header, {
      ...tables,
      knowledgePoints: [
        ...rows,
        { ...row('kp-men', 'gender', '男'), effectiveFrom: '2026-03-02', supersedes: 'kp-women' },
      ],
      codes: [...codes, { kpId: 'kp-men', itemCode: WOMEN_ONLY }],
    });
    const hits = (visitedOn: string) =>
      screen({ visitedOn, lines: [line(1, WOMEN_ONLY)] }, changed).findings.map(
        ({ knowledgePoint }) => knowledgePoint,
      );
    expect(hits('2026-03-01')).toEqual(['kp-women']);
    expect(hits('2026-03-02')).toEqual([]); // the man may have it now
  });
});
