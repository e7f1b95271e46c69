import type { FormularyItem } from './formulary';
import type { SimulatedPerson } from './person';
import type { Flow, StaffedInstitution } from './places';
import { mix, Random } from './random';
import type { Reference } from './reference';
import type { DiseaseRegimen, GroupChance, Variant } from './regimens';

/** How one person is treated for one disease: the same drugs, hospitals and doctors at every visit. */
export interface Treatment {
  readonly person: SimulatedPerson;
  readonly regimen: DiseaseRegimen;
  readonly variant: Variant;
  readonly drugs: readonly FormularyItem[];
  readonly diagnoses: readonly string[];
  /** By position in the person's filings. */
  readonly places: readonly { readonly hospital: StaffedInstitution; readonly doctor: string }[];
}

const MOST_DRUGS = 5;
/** Diseases that a health centre of tier 1 treats too. */
const SIMPLE = new Set(['M03900', 'M01600', 'M04600', 'M05300']);

/** The treatment of a person's n-th ailment: always the same for the same population. */
export function treatmentOf(
  { formulary, regimens, places }: Reference,
  seed: number,
  person: SimulatedPerson,
  ailment: number,
): Treatment {
  const sick = person.ailments[ailment];
  const regimen = regimens[sick?.disease ?? -1];
  const variant = regimen?.variants[sick?.variant ?? -1];
  if (regimen === undefined || variant === undefined) throw new RangeError('no such ailment');
  const random = new Random(mix(seed) ^ (person.index * 4 + ailment), 2);
  const first = regimens[person.ailments[0]?.disease ?? -1]?.code;
  const allowed = (item: FormularyItem): boolean =>
    (item.gender === undefined || item.gender === person.gender) &&
    (ailment === 0 || first === undefined || !item.diseases.includes(first));
  const itemsOf = (group: string): readonly FormularyItem[] =>
    formulary.itemsOf(regimen.code, group).filter(allowed);
  return {
    person,
    regimen,
    variant,
    drugs: chooseDrugs(random, variant, itemsOf),
    diagnoses: chooseDiagnoses(random, variant),
    places: person.filings.map(({ careCity }) => {
      const flow = flowTo(places.flows, person, careCity);
      const hospital = places.chooseHospital(random, flow, SIMPLE.has(regimen.code) ? 1 : 2);
      return { hospital, doctor: random.pick(hospital.doctors) };
    }),
  };
}

function flowTo(flows: readonly Flow[], person: SimulatedPerson, careCity: string): Flow {
  const found = flows.find(
    (flow) => flow.insuredCity === person.insuredCity && flow.careCity === careCity,
  );
  if (found === undefined) throw new RangeError('the two cities are not a pair');
  return found;
}

/** At least one drug, at most five; the first groups of a variant are what it is about. */
function chooseDrugs(
  random: Random,
  variant: Variant,
  itemsOf: (group: string) => readonly FormularyItem[],
): readonly FormularyItem[] {
  const drugs: FormularyItem[] = [];
  const take = (group: string): void => {
    const items = itemsOf(group);
    if (items.length > 0 && drugs.length < MOST_DRUGS) drugs.push(random.pick(items));
  };
  for (const each of variant.drugs) {
    const group = groupOf(random, each);
    if (group !== undefined) take(group);
  }
  for (const each of variant.drugs) if (drugs.length === 0) take(each.group);
  return drugs;
}

/** The group that a chance settles on, if any. */
export const groupOf = (random: Random, each: GroupChance): string | undefined =>
  random.chance(each.chance) ? each.group : each.otherwise;

function chooseDiagnoses(random: Random, variant: Variant): readonly string[] {
  const main = random.weighted(variant.diagnoses, (each) => each.weight).code;
  return [
    main,
    ...variant.secondary.filter((each) => random.chance(each.chance)).map((each) => each.code),
  ];
}
