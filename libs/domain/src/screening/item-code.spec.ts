import { hasKnownClass, ingredientOf, isItemCode } from './item-code';

describe('a national item code', () => {
  it.each([
    ['XA02BCA084A012010100453', true], // western medicine
    ['ZA01BAX0497010103493', true], // Chinese patent medicine
    ['T001700851', true], // piece
    ['003110000060000', true], // service
    ['C02010105200001', true], // consumable
    ['XA02BCA084A01201010045', false], // a digit short
    ['xa02bca084a012010100453', false],
    ['12345', false],
    ['', false],
    ['003110000060000\n', false],
  ])('%j is well formed: %s', (code, wellFormed) => {
    expect(isItemCode(code)).toBe(wellFormed);
  });

  it.each([
    ['XA02BCA084A012010100453', true], // XA02 is listed
    ['XA99BCA084A012010100453', false],
    ['003110000060000', true], // 3110 is listed
    ['009910000060000', false],
    ['C99999999999999', true], // no complete list of consumables is published
  ])('%s names a class that is listed: %s', (code, known) => {
    expect(hasKnownClass(code, new Set(['XA02', '3110']))).toBe(known);
  });

  it.each([
    // brands, strengths and packs of one insulin are one ingredient; another insulin is another
    ['XA10ADD335B002010107103', 'XA10ADD335'],
    ['XA10ADD335B002020182963', 'XA10ADD335'],
    ['XA10AEY357B002010178997', 'XA10AEY357'],
    ['ZA01BAX0497010103493', 'ZA01BAX0497'],
    ['003110000060000', undefined],
    ['T001700851', undefined],
  ])('%s is of the ingredient %s', (code, ingredient) => {
    expect(ingredientOf(code)).toBe(ingredient);
  });
});
