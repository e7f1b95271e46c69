import { type TSchema, Type } from '@sinclair/typebox';
import { RefusalSchema, told } from '../fact-schema';
import { object, oneOf } from '../http/wire';

const { text, count, flag, fen, day, month, moment, city, insurance, personNoHash, place } = told;
const until = Type.Optional(day);
const personKey = text;
const filingType = oneOf([
  'resettledRetiree',
  'longTermResident',
  'stationedWorker',
  'referral',
  'emergency',
  'other',
]);

/** What every decision about a person was told. */
const decision = {
  decisionVersion: count,
  answerVersion: count,
  decidedAt: moment,
  personKey,
} as const;

const fact = <Command extends TSchema, Inputs extends TSchema, Result extends TSchema>(
  command: Command,
  inputs: Inputs,
  result: Result,
) => object({ command, inputs, result });

const enrolment = {
  insuredCity: city,
  personNoHash,
  gender: oneOf(['male', 'female']),
  birthDate: day,
  insurance,
  personType: oneOf(['inService', 'retired', 'resident']),
  state: oneOf(['active', 'paused', 'ended', 'deceased']),
  from: day,
  until,
  assistanceClass: Type.Optional(text),
  civilServant: Type.Optional(flag),
  county: Type.Optional(text),
} as const;

export const EnrolmentChangedSchema = fact(
  object(enrolment),
  object({ ...decision, numberOwner: Type.Optional(text), lookaheadDays: count }),
  object({ personKey, ...enrolment }),
);

const qualification = {
  insuredCity: city,
  diseaseCode: text,
  from: day,
  until,
  limitFen: Type.Optional(fen),
} as const;

export const QualificationGrantedSchema = fact(
  object({ ...qualification, personNoHash }),
  object({ ...decision, qualificationId: text, diseaseKnown: flag }),
  object({ personKey, qualificationId: text, ...qualification }),
);

export const QualificationEndedSchema = fact(
  object({ qualificationId: text, until, reason: Type.Optional(text) }),
  object(decision),
  object({ personKey, qualificationId: text, insuredCity: city, until: day }),
);

const filing = {
  insuredCity: city,
  careCity: city,
  type: filingType,
  from: day,
  until,
  referringInstitutionCode: Type.Optional(text),
} as const;

export const FilingMadeSchema = fact(
  object({ ...filing, personNoHash }),
  object({
    ...decision,
    filingId: text,
    careCityKnown: flag,
    temporaryFilingMonths: count,
    minimumTermTypes: Type.Array(filingType),
    lookaheadDays: count,
  }),
  object({ personKey, filingId: text, ...filing, supersedes: Type.Optional(Type.Array(text)) }),
);

export const FilingCancelledSchema = fact(
  object({ filingId: text, until, reason: Type.Optional(text) }),
  object(decision),
  object({ personKey, filingId: text, insuredCity: city, until: day }),
);

const contribution = {
  insuredCity: city,
  month,
  baseFen: fen,
  amountFen: fen,
  accountCreditFen: Type.Optional(fen),
  payer: text,
} as const;

export const ContributionPostedSchema = fact(
  object({ ...contribution, personNoHash }),
  object(decision),
  object({ personKey, ...contribution }),
);

export const CoverageReadSchema = fact(
  object({
    insuredCity: city,
    by: oneOf(['personNo', 'certificate']),
    on: day,
    // A day or a moment.
    knownOn: Type.Optional(text),
    diseaseCode: Type.Optional(text),
    purpose: text,
    reference: Type.Optional(text),
  }),
  object({ decidedAt: moment, person: place }),
  object({ personKey, shown: Type.Array(text) }),
);

/** A command of any kind that was not accepted; `kind` says which, and the rest is that command's own. */
export const EnrolmentRefusedSchema = fact(
  Type.Object({ kind: text }, { additionalProperties: true }),
  Type.Object({ decidedAt: moment, person: Type.Optional(place) }, { additionalProperties: true }),
  RefusalSchema,
);

/** Every fact of enrolment-query by type; the last two are not published. */
export const enrolmentFactSchemas = {
  'EnrolmentChanged.v1': EnrolmentChangedSchema,
  'QualificationGranted.v1': QualificationGrantedSchema,
  'QualificationEnded.v1': QualificationEndedSchema,
  'FilingMade.v1': FilingMadeSchema,
  'FilingCancelled.v1': FilingCancelledSchema,
  'ContributionPosted.v1': ContributionPostedSchema,
  'CoverageRead.v1': CoverageReadSchema,
  'EnrolmentRefused.v1': EnrolmentRefusedSchema,
} as const;
