import { dateOf, formatInstant, instant } from '@domain/kernel';
import type { Visit } from '@lib/contracts';
import type { Reference, SimulatedPerson } from '../simulator';
import type { Stage } from './stage';

/** A consultation of one line: the smallest visit that a person can make today. */
export function consultationOf(
  stage: Stage,
  reference: Reference,
  person: SimulatedPerson,
  visitNo: string,
): Visit {
  const { insuredCity, personNo, filings, qualifications } = person;
  const careCity = filings[0]?.careCity ?? '';
  const diseaseCode = qualifications[0]?.diseaseCode ?? '';
  const hospital = [...reference.places.institutions.values()].find(
    ({ city, state, level }) => city === careCity && state === 'active' && level === 3,
  );
  const item = reference.formulary.itemsOf(diseaseCode, 'consultation')[0];
  if (hospital === undefined || item === undefined) throw new Error('nowhere to consult');
  const at = instant(Math.floor(stage.now() / 1000) * 1000);
  const price = item.unitPriceMicroYuan;
  return {
    visitNo,
    insuredCity,
    careCity,
    personNo,
    institutionCode: hospital.institutionCode,
    ...(hospital.doctors[0] === undefined ? {} : { doctorCode: hospital.doctors[0] }),
    careType: 'chronic',
    visitedOn: dateOf(at),
    settledAt: formatInstant(at),
    diseaseCode,
    lines: [
      {
        lineNo: 1,
        itemCode: item.itemCode,
        itemName: item.itemName,
        itemType: item.itemType,
        catalogueClass: item.catalogueClass,
        quantity: '1',
        unit: item.unit,
        unitPriceMicroYuan: price,
        amountFen: Math.round(price / 10_000),
      },
    ],
  };
}
