import { ageOn, civilDate, covers } from '@domain/kernel';
import { checkDigitOf } from './identity';
import { groupBy } from './group-by';
import { generatePopulation } from './population';
import { reference } from './reference';

const on = civilDate('2026-03-02');
const population = generatePopulation({ seed: 11, persons: 4_000, on });
const { persons } = population;
const share = (count: number): number => count / persons.length;

it('makes the same people from the same seed and half-year, others from another seed', () => {
  const again = generatePopulation({ seed: 11, persons: 4_000, on: civilDate('2026-06-30') });
  expect(again.persons).toEqual(persons);
  const others = generatePopulation({ seed: 12, persons: 4_000, on });
  const numbers = new Set(persons.map(({ personNo }) => personNo));
  expect(others.persons.filter(({ personNo }) => numbers.has(personNo))).toEqual([]);
});

it('gives every enrolment a number of its own at its city', () => {
  expect(new Set(persons.map(({ personNo }) => personNo)).size).toBe(persons.length);
  for (const { personNo, insuredCity, county } of persons) {
    expect(personNo.slice(0, 6)).toBe(insuredCity);
    expect(county.slice(0, 4)).toBe(insuredCity.slice(0, 4));
  }
});

it('gives certificates with right check digits that begin with the code of a whole city', () => {
  const wrong = persons.filter(
    ({ certificateNo, birthDate, gender }) =>
      !/^\d{4}00\d{11}[\dX]$/.test(certificateNo) ||
      certificateNo.slice(6, 14) !== birthDate.replaceAll('-', '') ||
      Number(certificateNo.charAt(16)) % 2 !== (gender === 'male' ? 1 : 0) ||
      certificateNo.slice(-1) !== checkDigitOf(certificateNo.slice(0, 17)),
  );
  expect(wrong).toEqual([]);
});

it('gives one certificate to one person, who may be insured a second time in the other province', () => {
  const byCertificate = groupBy(persons, ({ certificateNo }) => certificateNo);
  const twins = [...byCertificate.values()].filter((enrolments) => enrolments.length > 1);
  expect(twins).toHaveLength(20);
  for (const [one, other, ...rest] of twins) {
    expect(rest).toEqual([]);
    expect([one!.twin, other!.twin]).toEqual([other!.index, one!.index]);
    expect(one!.insuredCity.slice(0, 2)).not.toBe(other!.insuredCity.slice(0, 2));
    expect([one!.name, one!.birthDate]).toEqual([other!.name, other!.birthDate]);
    // A referral would explain supplies in two cities on one day.
    expect([...one!.filings, ...other!.filings].filter(({ type }) => type === 'referral')).toEqual(
      [],
    );
  }
});

it('reckons a check digit as GB 11643 does', () => {
  expect(checkDigitOf('11010519491231002')).toBe('X');
});

it('lets 长沙 dominate as place of care, and sends nobody within a province', () => {
  const cared = persons.flatMap(({ filings }) => filings.map(({ careCity }) => careCity));
  const inChangsha = cared.filter((city) => city === '430100').length / cared.length;
  expect(inChangsha).toBeGreaterThan(0.4);
  expect(inChangsha).toBeLessThan(0.55);
  for (const { insuredCity, filings } of persons) {
    for (const { careCity } of filings)
      expect(careCity.slice(0, 2)).not.toBe(insuredCity.slice(0, 2));
  }
});

it('files mostly for the long term, and for half a year at least', () => {
  const filings = persons.flatMap((person) => person.filings);
  const temporary = filings.filter(({ until }) => until !== undefined);
  expect(temporary.length / filings.length).toBeGreaterThan(0.25);
  expect(temporary.length / filings.length).toBeLessThan(0.4);
  for (const filing of filings) expect(covers(filing, on)).toBe(true);
  for (const { type, referringInstitutionCode } of filings) {
    expect(type === 'referral').toBe(referringInstitutionCode !== undefined);
    if (referringInstitutionCode === undefined) continue;
    expect(reference().places.institutions.has(referringInstitutionCode)).toBe(true);
  }
});

it('qualifies people for what they are treated for, with person type by insurance and age', () => {
  for (const person of persons) {
    const held = person.qualifications.map(({ diseaseCode }) => diseaseCode);
    const treated = person.ailments.map(({ disease }) => reference().regimens[disease]!.code);
    expect(held).toEqual(expect.arrayContaining(treated));
    expect(person.personType === 'resident').toBe(person.insurance === 'resident');
    if (person.personType === 'retired')
      expect(ageOn(person.birthDate, on)).toBeGreaterThanOrEqual(55);
  }
});

it('has mostly residents, older people, and diseases of old age', () => {
  const residents = persons.filter(({ insurance }) => insurance === 'resident').length;
  expect(share(residents)).toBeGreaterThan(0.55);
  expect(share(residents)).toBeLessThan(0.7);
  const ages = persons.map(({ birthDate }) => ageOn(birthDate, on)).sort((a, b) => a - b);
  expect(ages[ages.length / 2]).toBeGreaterThan(54);
  expect(ages[ages.length / 2]).toBeLessThan(68);
});
