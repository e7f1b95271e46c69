import { join } from 'node:path';
import { hasKnownClass, isItemCode } from '@domain/screening';
import { dataFolder, readRows } from './data-folder';
import { type FormularyItem, readFormulary } from './formulary';
import { readRegimens } from './regimens';

const referenceFile = (name: string): string => join(dataFolder(), 'reference', name);
const formulary = readFormulary();
const regimens = readRegimens();
const drugs = formulary.items.filter(({ itemType }) => itemType === 'drug');

/** Names of the real codes. */
const realNames = new Map([
  ...readRows(referenceFile('drug_codes.csv')).map(
    (row) => [row.text('drug_code'), row.text('generic_name')] as const,
  ),
  ...readRows(referenceFile('service_items.csv')).map(
    (row) => [row.text('item_code'), row.text('item_name')] as const,
  ),
]);
const classes = new Set([
  ...readRows(referenceFile('drug_class_codes.csv')).map((row) => row.text('class_code')),
  ...readRows(referenceFile('service_item_class_codes.csv')).map((row) => row.text('class_code')),
]);
const realPrefixes = new Set([...realNames.keys()].map((code) => code.slice(0, 6)));
const diagnoses = new Set(
  readRows(referenceFile('icd10_diagnosis_chs.csv')).map((row) => row.text('code')),
);

/** Tiers under which the national list has a name, alone or as one of several in a row. */
function tiersOf(name: string): readonly string[] {
  return nationalList
    .filter(({ names }) => names.includes(name))
    .map(({ tier }) => tier)
    .concat(nationalList.filter(({ whole }) => whole.includes(name)).map(({ tier }) => tier));
}
const nationalList = readRows(referenceFile('nrdl_2024_drugs.csv')).map((row) => ({
  tier: row.text('tier'),
  whole: row.text('name').replaceAll(' ', ''),
  names: row.text('names_split').replaceAll(' ', '').split('|'),
}));

type Check = readonly [fault: string, isWrong: (item: FormularyItem) => boolean];

const CHECKS: readonly Check[] = [
  ['code malformed', ({ itemCode }) => !isItemCode(itemCode)],
  [
    'no such class',
    ({ itemCode }) => !hasKnownClass(itemCode, classes) && !realPrefixes.has(itemCode.slice(0, 6)),
  ],
  [
    'not a real code',
    (item) => item.codeStatus === 'real' && realNames.get(item.itemCode) !== item.itemName,
  ],
  ['a real code taken', (item) => item.codeStatus === 'assumed' && realNames.has(item.itemCode)],
  [
    'price',
    ({ itemType, unitPriceMicroYuan: price }) => {
      const [least, most] =
        itemType === 'drug' ? [2_000_000, 5_000_000_000] : [1_000_000, 500_000_000];
      return price < least || price > most || price % 10_000 !== 0;
    },
  ],
  [
    'first pay',
    ({ catalogueClass, firstPayBasisPoints: share }) =>
      catalogueClass === 'B' ? share < 500 || share > 2_000 : share !== 0,
  ],
];

/** The faults of an item that a look at the reference data shows. */
const faultsOf = (item: FormularyItem): readonly string[] =>
  CHECKS.filter(([, isWrong]) => isWrong(item)).map(([fault]) => fault);

it('holds about 150 drugs and 50 services', () => {
  expect(drugs.length).toBeGreaterThan(140);
  expect(formulary.items.length - drugs.length).toBeGreaterThan(40);
});

it.each(formulary.items.map((item) => [item.itemName, item] as const))(
  '%s has a well-formed code of its status, a sane price and a first pay of its class',
  (_name, item) => {
    expect(faultsOf(item)).toEqual([]);
  },
);

it('finds what is wrong with an item that is not as it must be', () => {
  const sound = drugs.find(({ codeStatus }) => codeStatus === 'assumed')!;
  const changed: readonly [Partial<FormularyItem>, string][] = [
    [{ itemCode: `${sound.itemCode}0` }, 'code malformed'],
    [{ itemCode: `XQ99QQQ901${sound.itemCode.slice(10)}` }, 'no such class'],
    [{ codeStatus: 'real' }, 'not a real code'],
    [{ itemCode: [...realNames.keys()][0]! }, 'a real code taken'],
    [{ unitPriceMicroYuan: 990_000 }, 'price'],
    [{ catalogueClass: 'A', firstPayBasisPoints: 1_000 }, 'first pay'],
    [{ catalogueClass: 'B', firstPayBasisPoints: 0 }, 'first pay'],
  ];
  for (const [change, fault] of changed) {
    expect(faultsOf({ ...sound, ...change })).toContain(fault);
  }
});

it('has no code twice', () => {
  expect(formulary.byCode.size).toBe(formulary.items.length);
});

it.each(
  drugs
    .filter(({ catalogueClass }) => catalogueClass !== 'C')
    .map((drug) => [drug.itemName, drug] as const),
)('%s has the class that the national list gives it', (_name, { nrdlName, catalogueClass }) => {
  expect(tiersOf(nrdlName)).toContain(catalogueClass === 'A' ? '甲' : '乙');
});

it('calls class C only what the national list does not have', () => {
  const outside = drugs.filter(({ catalogueClass }) => catalogueClass === 'C');
  expect(outside.map(({ itemName }) => itemName)).toHaveLength(3);
  for (const { itemName } of outside)
    expect(tiersOf(itemName.replace(/(软胶囊|胶囊|胶丸)$/, ''))).toEqual([]);
});

it('reckons the days that a pack lasts from content and dose', () => {
  for (const { itemName, use } of drugs) {
    const days = use!.packContent / (use!.unitsPerTake * use!.takesPerDay);
    expect([itemName, use!.supplyDaysPerPack]).toEqual([itemName, Math.floor(days + 0.001)]);
  }
});

it('packs no drug for longer than the twelve weeks of a long prescription', () => {
  const long = drugs.filter(({ use }) => use!.supplyDaysPerPack > 84 || use!.supplyDaysPerPack < 1);
  expect(long.map(({ itemName }) => itemName)).toEqual([]);
});

it('prices ordinary generics of hypertension, diabetes and coronary disease in yuan, not in tens', () => {
  const generics = drugs.filter(
    ({ group, codeStatus }) =>
      codeStatus === 'assumed' &&
      ['ccb', 'raas', 'beta', 'diuretic', 'statin', 'antiplatelet', 'metformin'].includes(group),
  );
  const prices = generics.map(({ unitPriceMicroYuan }) => unitPriceMicroYuan).sort((a, b) => a - b);
  expect(generics.length).toBeGreaterThan(25);
  expect(prices[Math.floor(prices.length / 2)]).toBeLessThan(10_000_000);
});

it('serves only diseases that have a regimen, and every group of a regimen has an item', () => {
  const codes = new Set(regimens.map(({ code }) => code));
  for (const { diseases } of formulary.items) {
    expect(diseases.filter((code) => !codes.has(code))).toEqual([]);
  }
  for (const { code, variants } of regimens) {
    for (const variant of variants) {
      const used = [...variant.drugs, ...variant.tests];
      const groups = used.flatMap(({ group, otherwise }) => [group, otherwise ?? group]);
      expect(groups.filter((group) => formulary.itemsOf(code, group).length === 0)).toEqual([]);
    }
  }
});

it('mixes diseases, variants and persons to a whole', () => {
  const sum = (shares: readonly number[]): number => shares.reduce((a, b) => a + b, 0);
  expect(sum(regimens.map(({ visitShare }) => visitShare))).toBe(10_000);
  expect(sum(regimens.map(({ personShare }) => personShare))).toBe(10_000);
  for (const { code, variants } of regimens) {
    expect([code, sum(variants.map(({ share }) => share))]).toEqual([code, 10_000]);
  }
});

it('diagnoses only what the insurance edition of ICD-10 lists, and no mild hypertension', () => {
  const used = regimens.flatMap(({ variants }) =>
    variants.flatMap((variant) =>
      [...variant.diagnoses, ...variant.secondary].map(({ code }) => code),
    ),
  );
  expect(used.filter((code) => !diagnoses.has(code))).toEqual([]);
  expect(used.filter((code) => code.startsWith('I10.x00'))).toEqual([]);
  const hypertension = regimens
    .find(({ code }) => code === 'M03900')!
    .variants.flatMap((variant) => variant.diagnoses);
  for (const { code } of hypertension) expect(code).toMatch(/^(I10\.x05|I10\.x12|I11|I12)/);
});

it('names real drugs for planted screening errors', () => {
  expect(formulary.limited.length).toBeGreaterThan(7);
  for (const { itemCode, itemName } of formulary.limited)
    expect(realNames.get(itemCode)).toBe(itemName);
});

it('knows for planted screening errors the knowledge points that the rule set holds', () => {
  const folder = join(dataFolder(), 'rule-sets', 'nhsa-2026-06');
  const points = new Map(
    readRows(join(folder, 'nhsa_knowledge_points.csv')).map(
      (row) => [row.text('kp_id'), row] as const,
    ),
  );
  const pairs = new Set(
    readRows(join(folder, 'nhsa_knowledge_point_codes.csv')).map(
      (row) => `${row.text('kp_id')}/${row.text('item_code')}`,
    ),
  );
  const types = {
    gender: 'gender',
    'child-only': 'child_only',
    'institution-level': 'institution_level_min',
    'insurance-type': 'insurance_type',
  };
  for (const { knowledgePoint, itemCode, condition, effectiveFrom } of formulary.limited) {
    expect(pairs).toContain(`${knowledgePoint}/${itemCode}`);
    const point = points.get(knowledgePoint)!;
    expect([point.text('cond_type'), point.text('effective_from')]).toEqual([
      types[condition],
      effectiveFrom,
    ]);
  }
});

it('has no drug in ordinary use that a published limit would stop, but those of one gender', () => {
  const folder = join(dataFolder(), 'rule-sets', 'nhsa-2026-06');
  const limits = new Map(
    readRows(join(folder, 'nhsa_knowledge_points.csv')).map(
      (row) => [row.text('kp_id'), row] as const,
    ),
  );
  const stopping = new Set([
    'gender',
    'child_only',
    'age_range',
    'insurance_type',
    'institution_level_min',
  ]);
  const genders = new Map([
    ['女', 'female'],
    ['男', 'male'],
  ]);
  for (const row of readRows(join(folder, 'nhsa_knowledge_point_codes.csv'))) {
    const item = formulary.byCode.get(row.text('item_code'));
    const limit = limits.get(row.text('kp_id'));
    if (item === undefined || limit === undefined || !stopping.has(limit.text('cond_type')))
      continue;
    expect([item.itemName, limit.text('cond_type')]).toEqual([item.itemName, 'gender']);
    expect(item.gender).toBe(genders.get(limit.text('cond_value')));
  }
});
