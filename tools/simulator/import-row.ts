import type { SimulatedPerson } from './person';

/** A row of `POST /v1/enrolments/import`: an enrolment with its qualifications and filings. */
export type ImportRow = Omit<SimulatedPerson, 'index' | 'ailments' | 'reserved' | 'twin'>;

/** The row that loads a person. */
export function importRowOf(person: SimulatedPerson): ImportRow {
  const { index: _index, ailments: _ailments, reserved: _reserved, twin: _twin, ...row } = person;
  return row;
}
