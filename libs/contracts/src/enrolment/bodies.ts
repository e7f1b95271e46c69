import { type Static, Type } from '@sinclair/typebox';
import { object, oneOf, wire } from '../http/wire';

const gender = oneOf(['male', 'female']);
const insurance = oneOf(['employee', 'resident']);
const personType = oneOf(['inService', 'retired', 'resident']);
const state = oneOf(['active', 'paused', 'ended', 'deceased']);
export const FilingTypeWord = oneOf([
  'resettledRetiree',
  'longTermResident',
  'stationedWorker',
  'referral',
  'emergency',
  'other',
]);
const county = Type.String({ pattern: '^\\d{6}$', maxLength: 6 });
const certificateType = Type.String({ pattern: '^[0-9A-Za-z]{1,10}$', maxLength: 10 });
const until = Type.Optional(wire.day);

/** 参保登记: one person at one city, from a day on. */
const enrolment = {
  insuredCity: wire.city,
  personNo: wire.code,
  certificateType,
  certificateNo: wire.code,
  name: Type.String({ minLength: 1, maxLength: 100 }),
  gender,
  birthDate: wire.day,
  insurance,
  personType,
  state,
  from: wire.day,
  until,
  assistanceClass: Type.Optional(wire.code),
  civilServant: Type.Optional(Type.Boolean()),
  county: Type.Optional(county),
};
const qualification = {
  diseaseCode: wire.code,
  from: wire.day,
  until,
  limitFen: Type.Optional(wire.fen),
};
const filing = {
  careCity: wire.city,
  type: FilingTypeWord,
  from: wire.day,
  until,
  referringInstitutionCode: Type.Optional(wire.code),
};
const person = { insuredCity: wire.city, personNo: wire.code };

export const EnrolmentBody = object(enrolment);
export const QualificationBody = object({ ...person, ...qualification });
export const FilingBody = object({ ...person, ...filing });
export const ContributionBody = object({
  ...person,
  month: wire.month,
  baseFen: wire.fen,
  amountFen: wire.fen,
  accountCreditFen: Type.Optional(wire.fen),
  payer: Type.String({ minLength: 1, maxLength: 64 }),
});
/** What ends a qualification or cancels a filing: `until` is the last day on which it holds, yesterday when absent. */
export const EndBody = object({ until, reason: Type.Optional(wire.reason) });

/** How many qualifications and filings one line of an import may bring. */
export const MAX_PER_IMPORT_LINE = 50;
/** A line of an import: an enrolment, and what the person holds there, kept together or not at all. */
export const ImportLine = object({
  ...enrolment,
  qualifications: Type.Optional(
    Type.Array(object(qualification), { maxItems: MAX_PER_IMPORT_LINE }),
  ),
  filings: Type.Optional(Type.Array(object(filing), { maxItems: MAX_PER_IMPORT_LINE })),
});

/** A question about a person, by number at the insured city or by certificate; `knownOn`: as it was known then. */
export const CoverageQueryBody = object({
  insuredCity: wire.city,
  personNo: Type.Optional(wire.code),
  certificateType: Type.Optional(certificateType),
  certificateNo: Type.Optional(wire.code),
  on: Type.Optional(wire.day),
  knownOn: Type.Optional(Type.Union([wire.day, wire.moment])),
  diseaseCode: Type.Optional(wire.code),
  purpose: Type.String({ minLength: 1, maxLength: 200 }),
  reference: Type.Optional(wire.code),
});

export type EnrolmentBody = Static<typeof EnrolmentBody>;
export type QualificationBody = Static<typeof QualificationBody>;
export type FilingBody = Static<typeof FilingBody>;
export type ContributionBody = Static<typeof ContributionBody>;
export type EndBody = Static<typeof EndBody>;
export type ImportLine = Static<typeof ImportLine>;
export type CoverageQueryBody = Static<typeof CoverageQueryBody>;
