import { join } from 'node:path';
import { civilDate } from '@domain/kernel';
import { screenVisits } from '@domain/screening';
import { hashOfRuleSet, readRuleSetFolders } from '../storage/rule-set-files';
import { compileTexts, RuleSetUnusable } from './load-rule-sets';
import { RuleBook } from './rule-book';

const [texts = {}] = readRuleSetFolders(join(__dirname, '../../../../data/rule-sets'));
const loaded = compileTexts(texts);

describe('the published rule set', () => {
  it('accounts for every published row', () => {
    const { report } = loaded;
    expect(report).toEqual({
      rows: 3143,
      rowsUsed: 1257,
      codeRules: 12_365,
      itemCodes: 12_337,
      waiting: {
        encounter_type: 35,
        exclusive_pair: 900,
        indication_text: 166,
        max_days: 41,
        max_per_window: 81,
        not_internet_hospital: 22,
        same_incision_group: 378,
        second_line: 110,
        tcm_no_pay: 37,
        tcm_single_no_pay: 116,
      },
      notUnderstood: [],
    });
    const waiting = Object.values(report.waiting).reduce((sum, rows) => sum + rows, 0);
    expect(report.rowsUsed + waiting).toBe(report.rows);
  });

  it.each([
    // code                        item             person                         rule and knowledge point
    [
      'ZD03AAA0043010100166',
      '艾附暖宫丸',
      { gender: 'male' as const },
      'gender KP-d44c62fff59ea98b',
    ],
    ['XC02KXB144A001020178189', '波生坦分散片', {}, 'child-only KP-1005ceff84504d09'],
    ['XJ07BGR030B014010101119', '狂犬病疫苗', {}, 'insurance-type KP-9ea6ea92fe85baa8'],
    ['003402000320000', '职业功能训练', {}, 'age-range KP-f102932ae2793bef'],
  ])('judges %s (%s) by the row that names it', (itemCode, itemName, person, expected) => {
    const subject = {
      gender: 'female' as const,
      birthDate: civilDate('1950-01-01'),
      insurance: 'resident' as const,
      institutionLevel: 1,
      ...person,
    };
    const lines = [{ lineNo: 1, itemCode, itemName, amountFen: 100 }];
    const [screened] = screenVisits(loaded.ruleSet, 'during', [
      { careType: 'ordinary', visitedOn: '2026-06-10', subject, lines },
    ]);
    const [finding] = screened!.findings;
    expect(`${finding!.rule} ${finding!.knowledgePoint ?? ''}`).toBe(expected);
  });

  it('softens what touches dialysis, and not what only resembles it', () => {
    const act = (diseaseCode: string) =>
      screenVisits(loaded.ruleSet, 'during', [
        {
          careType: 'chronic',
          visitedOn: '2026-03-02',
          diseaseCode,
          subject: { gender: 'male' },
          lines: [
            { lineNo: 1, itemCode: 'ZD03AAA0043010100166', itemName: '艾附暖宫丸', amountFen: 1 },
          ],
        },
      ])[0]!.action;
    expect(['M07801', 'M07803', 'M07804', 'M00503', 'M08300'].map(act)).toEqual(
      Array(5).fill('remind'),
    );
    expect(['M07800', 'M00504', 'M03900'].map(act)).toEqual(Array(3).fill('block'));
  });
});

describe('the hash of a rule set', () => {
  it('changes with one byte of any of its files, and not with the order in which they are read', () => {
    const turned = Object.fromEntries(Object.entries(texts).reverse());
    expect(hashOfRuleSet(turned)).toBe(hashOfRuleSet(texts));
    for (const name of Object.keys(texts)) {
      const altered = { ...texts, [name]: `${texts[name] ?? ''} ` };
      expect(hashOfRuleSet(altered)).not.toBe(hashOfRuleSet(texts));
    }
  });
});

describe('a rule set that cannot be used', () => {
  const manifest = JSON.parse(texts['rule-set.json'] ?? '') as Record<string, unknown>;
  const changed = (more: object) => ({
    ...texts,
    'rule-set.json': JSON.stringify({ ...manifest, ...more }),
  });

  it.each([
    ['names an unknown field', changed({ colour: 'red' }), /colour/],
    [
      'has an action that does not exist',
      changed({ actions: { before: {}, during: {} } }),
      /actions/,
    ],
    ['takes effect on a day that does not exist', changed({ effectiveFrom: '2026-02-30' }), /day/],
    ['lacks a table', { 'rule-set.json': texts['rule-set.json'] ?? '' }, /nhsa_knowledge_points/],
    [
      'has a table without a column',
      { ...texts, 'nhsa_knowledge_point_codes.csv': 'kp_id,code\nKP-1,X\n' },
      /item_code/,
    ],
  ])('%s: it is refused with a word that says so', (_title, files, word) => {
    expect(() => compileTexts(files)).toThrow(RuleSetUnusable);
    expect(() => compileTexts(files)).toThrow(word);
  });
});

describe('the rule book', () => {
  it('lets the newest version judge', () => {
    const older = { ...loaded, ruleSet: { ...loaded.ruleSet, version: '2025-12-12', hash: 'o' } };
    expect(new RuleBook([older, loaded]).activeRef.version).toBe('2026-06-09');
  });

  it('does not open without a rule set', () => {
    expect(() => new RuleBook([])).toThrow('no rule set');
  });
});
