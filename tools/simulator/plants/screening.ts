import { ageOn, dateOf } from '@domain/kernel';
import type { LimitedItem } from '../formulary';
import type { SimulatedPerson } from '../person';
import type { NearMiss, PlantKind, Truth, WrongClaim } from '../truth';
import { isPlain, type Plant, type PlantedCase, type Planter } from './planter';

type Condition = LimitedItem['condition'];
type ScreeningPlant = Extract<
  WrongClaim | NearMiss,
  | 'wrong-gender'
  | 'child-only'
  | 'institution-level'
  | 'insurance-type'
  | 'right-gender'
  | 'level-reached'
>;

/** Lines that break a published limit of the national rule base, and two that keep it. */
export const SCREENING_PLANTS: Readonly<Record<ScreeningPlant, Plant>> = {
  'wrong-gender': (planter) => {
    const item = pick(planter, 'gender');
    return limitedVisit(planter, 'wrong-gender', item, {
      fits: ({ gender }) => gender !== item.value,
      action: 'block',
      note: `${GENDERS[item.value] ?? ''}专用药“${item.itemName}”开给了另一性别的参保人`,
    });
  },
  'child-only': (planter) => {
    const item = pick(planter, 'child-only');
    return limitedVisit(planter, 'child-only', item, {
      fits: ({ birthDate }) => ageOn(birthDate, dateOf(planter.momentIn(0, 0))) >= 18,
      action: 'block',
      note: `儿童专用药“${item.itemName}”开给了成年人`,
    });
  },
  'institution-level': (planter) => {
    const item = pick(planter, 'institution-level');
    return limitedVisit(planter, 'institution-level', item, {
      fits: (person) => levelOf(planter, person) < 2,
      action: 'selfPay',
      note: `限二级及以上医疗机构的“${item.itemName}”在一级机构使用`,
    });
  },
  'insurance-type': (planter) => {
    const item = pick(planter, 'insurance-type');
    return limitedVisit(planter, 'insurance-type', item, {
      fits: () => true,
      action: 'selfPay',
      note: `限工伤保险的“${item.itemName}”由基本医保结算`,
    });
  },
  'right-gender': (planter) => {
    const item = pick(planter, 'gender');
    return limitedVisit(planter, 'right-gender', item, {
      fits: ({ gender }) => gender === item.value,
      note: `${GENDERS[item.value] ?? ''}专用药“${item.itemName}”开给了该性别的参保人,合规`,
    });
  },
  'level-reached': (planter) => {
    const item = pick(planter, 'institution-level');
    return limitedVisit(planter, 'level-reached', item, {
      fits: (person) => levelOf(planter, person) >= 2,
      note: `限二级及以上医疗机构的“${item.itemName}”在二级以上机构使用,合规`,
    });
  },
};

const GENDERS: Readonly<Record<string, string>> = { female: '女性', male: '男性' };

interface LimitedCase {
  readonly fits: (person: SimulatedPerson) => boolean;
  readonly action?: 'block' | 'selfPay';
  readonly note: string;
}

/** An ordinary visit with one more line: the limited item. */
function limitedVisit(
  planter: Planter,
  kind: PlantKind,
  item: LimitedItem,
  { fits, action, note }: LimitedCase,
): PlantedCase | undefined {
  const person = planter.take(
    `${kind}/${item.value}`,
    (each) => isPlain(planter, each) && fits(each),
  );
  if (person === undefined) return undefined;
  const at = planter.momentIn(0, 0.98);
  const treatment = planter.treatment(person);
  const visit = planter.maker.hospitalVisit({ treatment, at, place: 0, dispense: true });
  const line = planter.maker.addLimited(visit.lines, item);
  const finding: Truth['finding'] =
    action === undefined
      ? undefined
      : {
          rule: item.condition,
          knowledgePoint: item.knowledgePoint,
          lineNo: line.lineNo,
          action,
        };
  return [
    planter.planted(kind, at, visit, {
      ...(action === 'block'
        ? { expected: { outcome: 'refused', refused: 'settlement.blocked-by-screening' } }
        : {}),
      ...(finding === undefined ? {} : { finding }),
      note,
    }),
  ];
}

const pick = (planter: Planter, condition: Condition): LimitedItem =>
  planter.random.pick(
    planter.reference.formulary.limited.filter((item) => item.condition === condition),
  );

const levelOf = (planter: Planter, person: SimulatedPerson): number =>
  planter.treatment(person).places[0]?.hospital.level ?? 0;
