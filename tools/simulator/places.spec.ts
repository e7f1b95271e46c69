import { Places } from './places';

const places = Places.read();
const all = [...places.institutions.values()];
const counties = [...places.cityNames.keys()].flatMap((city) => places.countiesOf(city));

it('has a hospital and a pharmacy in every county, and tier 3 in every city', () => {
  expect(counties).toHaveLength(102);
  for (const county of counties) {
    const here = all.filter((each) => each.county === county);
    expect([county, here.some(({ kind }) => kind === 'hospital')]).toEqual([county, true]);
    expect([county, here.some(({ kind }) => kind === 'pharmacy')]).toEqual([county, true]);
  }
  for (const city of places.cityNames.keys()) {
    expect(all.filter((each) => each.city === city && each.level === 3).length).toBeGreaterThan(1);
  }
});

it('gives codes by kind and county, no code twice, and marks every name as an example', () => {
  for (const { institutionCode, kind, county, city, name, level, doctors } of all) {
    expect(institutionCode).toMatch(
      new RegExp(`^${kind === 'hospital' ? 'H' : 'P'}${county}\\d{5}$`),
    );
    expect(city).toBe(`${county.slice(0, 4)}00`);
    expect(name).toMatch(/\(示例\)$/);
    expect(level > 0).toBe(kind === 'hospital');
    for (const doctor of doctors) expect(doctor.slice(1, 12)).toBe(institutionCode.slice(1));
  }
});

it('knows the hospital and the doctor that the interface description names', () => {
  expect(places.institutions.get('H43018100001')?.doctors).toContain('D430181000011');
});

it('has two mutual pharmacies in most of the 26 participating counties', () => {
  const taking = counties.filter((county) => places.takesPart(county));
  const two = taking.filter(
    (county) => all.filter((each) => each.mutualPharmacy && each.county === county).length >= 2,
  );
  expect(taking).toHaveLength(26);
  expect(two).toHaveLength(24);
});

it('lets people go from each city to each city of the other province, and nowhere else', () => {
  expect(new Set(places.flows.map((flow) => `${flow.insuredCity}>${flow.careCity}`)).size).toBe(50);
  for (const { insuredCity, careCity } of places.flows) {
    expect(insuredCity.slice(0, 2)).not.toBe(careCity.slice(0, 2));
  }
});
