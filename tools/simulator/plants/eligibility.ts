import type { SimulatedPerson } from '../person';
import type { StaffedInstitution } from '../places';
import type { Treatment } from '../treatment';
import type { NearMiss, PlantKind, WrongClaim } from '../truth';
import { type Plant, type PlantedCase, type Planter, treatedAt } from './planter';

type EligibilityPlant = Extract<
  WrongClaim | NearMiss,
  | 'not-filed'
  | 'disease-not-agreed'
  | 'not-qualified'
  | 'not-enrolled'
  | 'unknown-person'
  | 'institution-closed'
  | 'emergency-unfiled'
>;

/** Visits that may not settle directly, one reason each; and an emergency, which needs no filing. */
export const ELIGIBILITY_PLANTS: Readonly<Record<EligibilityPlant, Plant>> = {
  'not-filed': (planter) =>
    elsewhere(planter, (treatment) =>
      refused(planter, 'not-filed', treatment, '参保人没有到该就医地的备案'),
    ),
  'emergency-unfiled': (planter) =>
    elsewhere(planter, (treatment) => {
      const { at, visit } = examination(planter, treatment);
      visit.emergency = true;
      return [
        planter.planted('emergency-unfiled', at, visit, { note: '急诊未备案,视同已备案,合规' }),
      ];
    }),
  'disease-not-agreed': (planter) => {
    const agreed = new Set(planter.reference.regimens.map(({ code }) => code));
    const outside = (person: SimulatedPerson): string | undefined =>
      person.qualifications.find(({ diseaseCode }) => !agreed.has(diseaseCode))?.diseaseCode;
    const person = planter.take('outside', (each) => outside(each) !== undefined);
    if (person === undefined) return undefined;
    const told = refused(
      planter,
      'disease-not-agreed',
      planter.treatment(person),
      '病种有资格但未纳入两地协议',
    );
    for (const { visit } of told) visit.diseaseCode = outside(person) ?? '';
    return told;
  },
  'not-qualified': (planter) => {
    const person = planter.take('unqualified', () => true);
    if (person === undefined) return undefined;
    const held = new Set(person.qualifications.map(({ diseaseCode }) => diseaseCode));
    const foreign = planter.reference.regimens.findIndex(
      ({ code, kind, variants }) =>
        kind === 'monthly' && !held.has(code) && variants[0]?.gender === undefined,
    );
    const ailing = { ...person, ailments: [{ disease: foreign, variant: 0 }] };
    return refused(
      planter,
      'not-qualified',
      planter.treatment(ailing),
      '参保人没有该病种的门诊慢特病资格',
    );
  },
  'not-enrolled': (planter) => {
    const person = planter.take('paused', () => true, { state: 'paused' });
    return person === undefined
      ? undefined
      : refused(planter, 'not-enrolled', planter.treatment(person), '参保人已暂停参保');
  },
  'unknown-person': (planter) => {
    const person = planter.take('unknown', () => true);
    if (person === undefined) return undefined;
    const personNo = `${person.insuredCity}X${person.personNo.slice(7)}`;
    const told = refused(
      planter,
      'unknown-person',
      planter.treatment(person),
      '参保地没有该人员编号',
    );
    for (const { visit } of told) visit.personNo = personNo;
    return told;
  },
  'institution-closed': (planter) => {
    const closed = closedHospitals(planter);
    const near = (person: SimulatedPerson): StaffedInstitution | undefined =>
      closed.find(({ city }) => person.filings.some(({ careCity }) => careCity === city));
    const person = planter.take('closed', (each) => near(each) !== undefined);
    const hospital = person === undefined ? undefined : near(person);
    if (person === undefined || hospital === undefined) return undefined;
    return refused(
      planter,
      'institution-closed',
      treatedAt(planter.treatment(person), hospital),
      '就诊机构的异地结算已关闭',
    );
  },
};

const CODES: Readonly<Partial<Record<PlantKind, string>>> = {
  'not-filed': 'settlement.not-filed',
  'disease-not-agreed': 'settlement.disease-not-agreed',
  'not-qualified': 'settlement.not-qualified',
  'not-enrolled': 'settlement.not-enrolled',
  'unknown-person': 'settlement.person-unknown',
  'institution-closed': 'settlement.institution-not-networked',
};

function refused(
  planter: Planter,
  kind: PlantKind,
  treatment: Treatment,
  note: string,
): PlantedCase {
  const { at, visit } = examination(planter, treatment);
  const code = CODES[kind];
  if (code === undefined) throw new RangeError('nothing refuses this');
  return [
    planter.planted(kind, at, visit, { expected: { outcome: 'refused', refused: code }, note }),
  ];
}

function examination(planter: Planter, treatment: Treatment) {
  const at = planter.momentIn(0, 0.98);
  const visit = planter.maker.hospitalVisit({ treatment, at, place: 0, dispense: false });
  return { at, visit };
}

/** A visit in a city of the other province for which the person has made no filing. */
function elsewhere(
  planter: Planter,
  make: (treatment: Treatment) => PlantedCase,
): PlantedCase | undefined {
  const { places } = planter.reference;
  const person = planter.take('elsewhere', (each) => each.filings.length === 1);
  if (person === undefined) return undefined;
  const filed = new Set(person.filings.map(({ careCity }) => careCity));
  const flows = places.flows.filter(
    ({ insuredCity, careCity }) => insuredCity === person.insuredCity && !filed.has(careCity),
  );
  const hospital = places.chooseHospital(planter.random, planter.random.pick(flows), 2);
  return make(treatedAt(planter.treatment(person), hospital));
}

const closedHospitals = (planter: Planter): readonly StaffedInstitution[] =>
  [...planter.reference.places.institutions.values()].filter(
    ({ kind, state, doctors }) =>
      kind === 'hospital' && state === 'remoteClosed' && doctors.length > 0,
  );
