import { join } from 'node:path';
import type { Gender } from '@domain/enrolment';
import { ingredientOf } from '@domain/screening';
import { dataFolder, readRows, type Row } from './data-folder';

/** One drug or service of `data/formulary/chronic-formulary.csv`. */
export interface FormularyItem {
  /** Position in the formulary; names the product in trace codes. */
  readonly index: number;
  readonly itemCode: string;
  readonly itemName: string;
  readonly itemType: 'drug' | 'service';
  readonly catalogueClass: 'A' | 'B' | 'C';
  readonly firstPayBasisPoints: number;
  /** The name under which the national drug list has it; empty for services and what no list pays. */
  readonly nrdlName: string;
  readonly unit: string;
  readonly unitPriceMicroYuan: number;
  readonly diseases: readonly string[];
  /** The place in a treatment that this item can fill: one item of a group is used at a time. */
  readonly group: string;
  readonly gender?: Gender;
  readonly codeStatus: 'real' | 'assumed';
  /** What the drug is, whatever its brand; drugs only. */
  readonly ingredient?: string;
  /** How it is taken; drugs only. */
  readonly use?: DrugUse;
}

export interface DrugUse {
  readonly packContent: number;
  readonly unitsPerTake: number;
  readonly takesPerDay: number;
  readonly dosePerTake: string;
  /** Whole days that one pack lasts. */
  readonly supplyDaysPerPack: number;
  /** Days for which it is usually dispensed. */
  readonly courseDays: number;
}

/** A drug that planted screening errors use, with the published limit that it breaks or keeps. */
export interface LimitedItem {
  readonly itemCode: string;
  readonly itemName: string;
  readonly catalogueClass: 'A' | 'B' | 'C';
  readonly firstPayBasisPoints: number;
  readonly unit: string;
  readonly unitPriceMicroYuan: number;
  readonly condition: 'gender' | 'child-only' | 'institution-level' | 'insurance-type';
  readonly value: string;
  readonly knowledgePoint: string;
  readonly effectiveFrom: string;
}

export interface Formulary {
  readonly items: readonly FormularyItem[];
  readonly byCode: ReadonlyMap<string, FormularyItem>;
  readonly limited: readonly LimitedItem[];
  /** The items that fill a group for a disease; empty when there are none. */
  itemsOf(disease: string, group: string): readonly FormularyItem[];
}

const NONE: readonly FormularyItem[] = [];

/** Reads the formulary and the limited items. Throws when a row is not as it must be. */
export function readFormulary(folder = dataFolder()): Formulary {
  const items = readRows(join(folder, 'formulary', 'chronic-formulary.csv')).map(itemOf);
  const limited = readRows(join(folder, 'formulary', 'planted-items.csv')).map(limitedOf);
  const groups = new Map<string, Map<string, FormularyItem[]>>();
  for (const item of items) {
    for (const disease of item.diseases) {
      const own = groups.get(disease) ?? new Map<string, FormularyItem[]>();
      groups.set(disease, own);
      const group = own.get(item.group);
      if (group === undefined) own.set(item.group, [item]);
      else group.push(item);
    }
  }
  return {
    items,
    byCode: new Map(items.map((item) => [item.itemCode, item])),
    limited,
    itemsOf: (disease, group) => groups.get(disease)?.get(group) ?? NONE,
  };
}

function itemOf(row: Row, index: number): FormularyItem {
  const itemType = oneOf(row.text('itemType'), ['drug', 'service']);
  const itemCode = row.text('itemCode');
  const gender = row.text('gender');
  const ingredient = ingredientOf(itemCode);
  return {
    index,
    itemCode,
    itemName: row.text('itemName'),
    itemType,
    catalogueClass: oneOf(row.text('catalogueClass'), ['A', 'B', 'C']),
    firstPayBasisPoints: row.number('firstPayBasisPoints'),
    nrdlName: row.text('nrdlName'),
    unit: row.text('unit'),
    unitPriceMicroYuan: row.number('unitPriceMicroYuan'),
    diseases: row.text('diseases').split('|'),
    group: row.text('group'),
    ...(gender === '' ? {} : { gender: oneOf(gender, ['male', 'female']) }),
    codeStatus: oneOf(row.text('codeStatus'), ['real', 'assumed']),
    ...(ingredient === undefined ? {} : { ingredient }),
    ...(itemType === 'drug' ? { use: useOf(row) } : {}),
  };
}

const useOf = (row: Row): DrugUse => ({
  packContent: row.number('packContent'),
  unitsPerTake: row.number('unitsPerTake'),
  takesPerDay: row.number('takesPerDay'),
  dosePerTake: row.text('dosePerTake'),
  supplyDaysPerPack: row.number('supplyDaysPerPack'),
  courseDays: row.number('courseDays'),
});

const limitedOf = (row: Row): LimitedItem => ({
  itemCode: row.text('itemCode'),
  itemName: row.text('itemName'),
  catalogueClass: oneOf(row.text('catalogueClass'), ['A', 'B', 'C']),
  firstPayBasisPoints: row.number('firstPayBasisPoints'),
  unit: row.text('unit'),
  unitPriceMicroYuan: row.number('unitPriceMicroYuan'),
  condition: oneOf(row.text('condition'), [
    'gender',
    'child-only',
    'institution-level',
    'insurance-type',
  ]),
  value: row.text('value'),
  knowledgePoint: row.text('knowledgePoint'),
  effectiveFrom: row.text('effectiveFrom'),
});

/** The text as one of the words allowed; throws when it is none of them. */
export function oneOf<const Word extends string>(text: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === text);
  if (found === undefined) throw new Error(`"${text}" is none of ${words.join(', ')}`);
  return found;
}
