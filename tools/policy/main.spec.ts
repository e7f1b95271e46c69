import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import {
  agreementFor,
  agreementFromWire,
  diseaseAgreed,
  packFromWire,
  packInForce,
} from '@domain/benefit';
import { readAgreements, readPacks } from './documents';
import { policyTool } from './main';

const shipped = resolve(__dirname, '../../data');
const cities = [
  '360300',
  '360400',
  '360700',
  '360800',
  '360900',
  '430100',
  '430200',
  '430300',
  '430600',
  '431000',
];

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'policy-'));
  cpSync(shipped, data, { recursive: true, filter: (from) => !from.includes('reference') });
});
afterEach(() => {
  rmSync(data, { recursive: true });
});

function run(...args: string[]): { code: number; lines: string[] } {
  const lines: string[] = [];
  const code = policyTool(args, { data, from: data, print: (line) => lines.push(line) });
  return { code, lines };
}

const PACK = 'policy-packs/360700-resident-2026.1.json';

function change(file: string, from: string, to: string): void {
  const text = readFileSync(join(data, file), 'utf8');
  expect(text).toContain(from);
  writeFileSync(join(data, file), text.replace(from, to));
}

describe('the shipped packs and agreements', () => {
  it('have no problems', () => {
    expect(run('check', 'all')).toEqual({ code: 0, lines: ['23 份文件，没有问题'] });
  });

  it.each(cities)(
    'pay for both insurances of %s, and have a file each that bears their name',
    (city) => {
      const packs = readPacks(shipped);
      for (const [file, { id, version }] of packs)
        expect(basename(file)).toBe(`${id}-${version}.json`);
      const all = [...packs.values()].map(packFromWire);
      for (const insurance of ['employee', 'resident'] as const) {
        expect(packInForce(all, city, insurance, '2026-01-01')?.version).toBe('2026.1');
        expect(packInForce(all, city, insurance, '2027-06-30')?.version).toBe('2026.1');
      }
    },
  );

  it('change from one pack to the next with the year', () => {
    const all = [...readPacks(shipped).values()].map(packFromWire);
    const on = (day: string) => packInForce(all, '360700', 'resident', day)?.version;
    expect(['2023-12-31', '2025-12-31', '2026-01-01'].map(on)).toEqual([
      undefined,
      '2025.1',
      '2026.1',
    ]);
  });

  it('agree ten families on fifty directed pairs across the provinces, and pay for every code agreed', () => {
    const agreements = readAgreements(shipped);
    expect(new Set(agreements.map(({ id }) => id)).size).toBe(50);
    const packs = [...readPacks(shipped).values()].filter(({ version }) => version === '2026.1');
    for (const agreement of agreements) {
      expect(agreement.insuredCity.slice(0, 2)).not.toBe(agreement.careCity.slice(0, 2));
      expect(agreement.diseases).toHaveLength(10);
      for (const pack of packs.filter(({ insuredCity }) => insuredCity === agreement.insuredCity)) {
        const codes = agreement.diseases.flatMap((family) => family.codes);
        expect(Object.keys(pack.chronic.diseases).toSorted()).toEqual(codes.toSorted());
      }
    }
  });

  it('agree viral hepatitis later between 萍乡 and 郴州 than elsewhere, and dialysis without M07800', () => {
    const agreements = readAgreements(shipped).map(agreementFromWire);
    const agreed = (insuredCity: string, careCity: string, code: string, on: string) =>
      diseaseAgreed(agreementFor(agreements, insuredCity, careCity, on)!, code, on);
    expect(agreed('360300', '431000', 'M00201', '2025-06-30')).toBeUndefined();
    expect(agreed('360300', '431000', 'M00201', '2025-07-01')).toBe('viralHepatitis');
    expect(agreed('360300', '430100', 'M00201', '2024-12-01')).toBe('viralHepatitis');
    expect(agreed('431000', '360300', 'M00201', '2024-12-01')).toBe('viralHepatitis');
    expect(agreed('360300', '430100', 'M07801', '2026-03-02')).toBe('dialysis');
    expect(agreed('360300', '430100', 'M07800', '2026-03-02')).toBeUndefined();
  });
});

describe('check', () => {
  it.each([
    [
      'a ratio',
      '"resident": [9000,',
      '"resident": [90000,',
      'chronic.ratio.basisPoints.resident[0]',
    ],
    ['a cut', '"basisPoints": 2000', '"basisPoints": 2500', 'remote.chronic.other.basisPoints'],
    ['an M-code', '"M03900"', '"M03999"', 'chronic.diseases.M03999'],
    ['a first day', '"2026-01-01"', '"2025-12-31"', 'validFrom'],
    ['a field', '"reversalMode"', '"reversal"', 'reversalMode'],
    ['a kind of number', '"amountFen": 0,', '"amountFen": "0",', 'chronic.deductible.amountFen'],
    ['a kind of number', '"amountFen": 0,', '"amountFen": 0.5,', 'chronic.deductible.amountFen'],
  ])('names %s that is wrong by its path, and ends with 1', (_, from, to, path) => {
    change(PACK, from, to);
    for (const which of [PACK, 'all']) {
      const { code, lines } = run('check', which);
      expect(code).toBe(1);
      expect(lines).toContainEqual(expect.stringContaining(`${join(data, PACK)}: ${path} `));
    }
  });

  it('names the pair of an agreement that is wrong', () => {
    change('agreements/43-to-36.json', '"M01600"', '"I10"');
    const { code, lines } = run('check', 'agreements/43-to-36.json');
    expect(code).toBe(1);
    expect(lines[0]).toContain('430100>360400 diseases[1].codes 病种编码 I10');
  });

  it('ends with 1 for a file that is not there or not JSON', () => {
    writeFileSync(join(data, 'broken.json'), '{');
    expect(run('check', 'broken.json')).toMatchObject({ code: 1 });
    expect(run('check', 'nowhere.json')).toMatchObject({ code: 1 });
  });
});

describe('diff', () => {
  it('names what differs by path, and ends with 1', () => {
    const { code, lines } = run('diff', 'policy-packs/360700-resident-2025.1.json', PACK);
    expect(code).toBe(1);
    expect(lines).toContain('validUntil: "2025-12-31" → （无）');
    expect(lines).toContain('chronic.diseases.M03900.limits[0].amountFen: 300000 → 360000');
    expect(lines.at(-1)).toBe(`${lines.length - 1} 处不同`);
  });

  it('ends with 0 for equal content', () => {
    expect(run('diff', PACK, PACK)).toEqual({ code: 0, lines: ['两份文件内容相同'] });
  });
});

describe('explain', () => {
  it('tells a pack in Chinese, with the grade of each figure', () => {
    const { code, lines } = run('explain', PACK);
    expect(code).toBe(0);
    expect(lines).toContain('报销比例：城乡居民 90%/90%/80%/65%（未定级/一级/二级/三级）〔C〕');
    expect(lines).toContain('  M03900 高血压病：Ⅱ类病种，每年 3600.00元〔D〕');
  });

  it('tells a table of agreements with its exceptions', () => {
    const { code, lines } = run('explain', 'agreements/36-to-43.json');
    expect(code).toBe(0);
    expect(lines.at(-1)).toBe(
      '例外 360300>431000：病毒性肝炎（M00200、M00201、M00202）自 2025-07-01 起〔D〕',
    );
  });
});

it.each([[[]], [['check']], [['diff', PACK]], [['explain', PACK, PACK]], [['simulate']]])(
  'what is not understood, %j, is answered with the usage and 2',
  (args) => {
    const { code, lines } = run(...args);
    expect(code).toBe(2);
    expect(lines[0]).toContain('npm run policy');
  },
);
