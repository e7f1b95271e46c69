import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder, readRows } from './data-folder';
import type { Random } from './random';

export interface Institution {
  readonly institutionCode: string;
  readonly name: string;
  readonly city: string;
  readonly county: string;
  readonly level: number;
  readonly kind: 'hospital' | 'pharmacy';
  readonly mutualPharmacy: boolean;
  readonly state: 'active' | 'remoteClosed' | 'suspended' | 'ended';
}

/** An institution with its active doctors. */
export interface StaffedInstitution extends Institution {
  readonly doctors: readonly string[];
}

/** People of one city seeking care in another. */
export interface Flow {
  readonly insuredCity: string;
  readonly careCity: string;
  readonly weight: number;
  /** Of a hundred, how many are treated in the participating counties of the care city. */
  readonly borderShare: number;
}

/** Where the ten cities treat each other's people. */
export class Places {
  private constructor(
    readonly flows: readonly Flow[],
    readonly cityNames: ReadonlyMap<string, string>,
    readonly institutions: ReadonlyMap<string, StaffedInstitution>,
    /** Counties, and the cities themselves as places. */
    private readonly counties: ReadonlyMap<string, County>,
  ) {}

  static read(folder = dataFolder()): Places {
    const flows = readRows(join(folder, 'reference', 'flow_matrix.csv')).map((row) => ({
      insuredCity: row.text('insuredCity'),
      careCity: row.text('careCity'),
      weight: row.number('weight'),
      borderShare: row.number('borderShare'),
    }));
    const cities = JSON.parse(readFileSync(join(folder, 'cities.json'), 'utf8')) as readonly {
      readonly code: string;
      readonly name: string;
    }[];
    const names = new Map(cities.map(({ code, name }) => [code, name]));
    return new Places(flows, names, readInstitutions(folder), readCounties(folder));
  }

  /** The counties of a city that have institutions; development zones have none of their own. */
  countiesOf(city: string): readonly string[] {
    return this.memo(`counties/${city}`, () => {
      const all = [...this.institutions.values()].filter((each) => each.city === city);
      return [...new Set(all.map(({ county }) => county))];
    });
  }

  /** Whether a county is one of the 26 that take part through their own office. */
  takesPart(county: string): boolean {
    return this.counties.get(county)?.takesPart === true;
  }

  /** Counties of a city that take part, nearest to another city first. */
  borderCounties(city: string, towards: string): readonly string[] {
    return this.memo(`border/${city}/${towards}`, () => {
      const goal = this.counties.get(towards);
      const distance = (county: string): number => {
        const place = this.counties.get(county);
        if (place === undefined || goal === undefined) return 0;
        return (place.lat - goal.lat) ** 2 + ((place.lng - goal.lng) * 0.88) ** 2;
      };
      return this.countiesOf(city)
        .filter((county) => this.takesPart(county))
        .sort((one, other) => distance(one) - distance(other));
    });
  }

  /** Where somebody is treated: in a county on the way, or in the city itself, at the level that the disease needs. */
  chooseHospital(random: Random, flow: Flow, minimumLevel: number): StaffedInstitution {
    const border = this.borderCounties(flow.careCity, flow.insuredCity);
    if (border.length > 0 && random.chance(flow.borderShare)) {
      const near =
        border[Math.min(border.length - 1, Math.floor(random.unit() ** 1.6 * border.length))];
      const found = this.hospitals(`county/${near ?? ''}`, minimumLevel);
      if (found.length > 0) return random.pick(found);
    }
    const wanted = random.chance(78) ? 3 : Math.max(2, minimumLevel);
    return random.pick(this.hospitals(`city/${flow.careCity}`, wanted));
  }

  /** A pharmacy of the mutual settlement in a county, if it has one. */
  mutualPharmacy(random: Random, county: string): Institution | undefined {
    const found = this.memo(`mutual/${county}`, () =>
      this.active((each) => each.mutualPharmacy && each.county === county),
    );
    return found.length === 0 ? undefined : random.pick(found);
  }

  private hospitals(area: string, minimumLevel: number): readonly StaffedInstitution[] {
    const [kind = '', code] = area.split('/');
    return this.memo(`${area}/${minimumLevel}`, () =>
      this.active(
        (each) =>
          each.kind === 'hospital' &&
          each.level >= minimumLevel &&
          (kind === 'county'
            ? each.county === code
            : each.city === code && !this.isFarCounty(each)),
      ),
    );
  }

  /** In the city itself, people from elsewhere go to the hospitals of its districts, not to those of its counties. */
  private isFarCounty(each: Institution): boolean {
    return this.counties.get(each.county)?.urban !== true;
  }

  private active(wanted: (each: StaffedInstitution) => boolean): readonly StaffedInstitution[] {
    return [...this.institutions.values()].filter(
      (each) => each.state === 'active' && wanted(each),
    );
  }

  private readonly memos = new Map<string, unknown>();

  private memo<T>(key: string, make: () => T): T {
    const kept = this.memos.get(key) as T | undefined;
    if (kept !== undefined) return kept;
    const made = make();
    this.memos.set(key, made);
    return made;
  }
}

interface County {
  readonly lat: number;
  readonly lng: number;
  readonly urban: boolean;
  readonly takesPart: boolean;
}

function readCounties(folder: string): ReadonlyMap<string, County> {
  const takingPart = new Set(
    readRows(join(folder, 'reference', 'participating_counties.csv')).map((row) =>
      row.text('adcode'),
    ),
  );
  return new Map(
    readRows(join(folder, 'reference', 'ten_cities_districts.csv')).map((row) => [
      row.text('adcode'),
      {
        lat: row.number('lat'),
        lng: row.number('lng'),
        urban: row.text('district').endsWith('区'),
        takesPart: takingPart.has(row.text('adcode')),
      },
    ]),
  );
}

/** The registry of `data/institutions/institutions.json`, by code. */
export function readInstitutions(folder = dataFolder()): ReadonlyMap<string, StaffedInstitution> {
  const text = readFileSync(join(folder, 'institutions', 'institutions.json'), 'utf8');
  const { institutions, practitioners } = JSON.parse(text) as {
    readonly institutions: readonly Institution[];
    readonly practitioners: readonly {
      readonly doctorCode: string;
      readonly institutionCode: string;
      readonly state: string;
    }[];
  };
  const doctors = new Map<string, string[]>();
  for (const { doctorCode, institutionCode, state } of practitioners) {
    if (state !== 'active') continue;
    const own = doctors.get(institutionCode);
    if (own === undefined) doctors.set(institutionCode, [doctorCode]);
    else own.push(doctorCode);
  }
  return new Map(
    institutions.map((each) => [
      each.institutionCode,
      { ...each, doctors: doctors.get(each.institutionCode) ?? [] },
    ]),
  );
}
