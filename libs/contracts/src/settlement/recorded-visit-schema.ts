import { Type } from '@sinclair/typebox';
import { told } from '../fact-schema';
import { object, oneOf } from '../http/wire';

const { text, count, flag, fen, day, moment, city, personNoHash } = told;
const optional = {
  text: Type.Optional(text),
  count: Type.Optional(count),
  flag: Type.Optional(flag),
  day: Type.Optional(day),
  moment: Type.Optional(moment),
} as const;

const RecordedLineSchema = object({
  lineNo: count,
  itemCode: text,
  itemName: text,
  itemType: oneOf(['drug', 'piece', 'service', 'consumable']),
  catalogueClass: oneOf(['A', 'B', 'C']),
  quantity: text,
  unit: optional.text,
  unitPriceMicroYuan: count,
  amountFen: fen,
  priceLimitMicroYuan: optional.count,
  firstPayBasisPoints: optional.count,
  performedAt: optional.moment,
  diseaseCode: optional.text,
  prescriptionNo: optional.text,
  doctorCode: optional.text,
  departmentCode: optional.text,
  supplyDays: optional.count,
  dosePerTake: optional.text,
  takesPerDay: Type.Optional(Type.Number()),
  patientConsentAt: optional.moment,
  traceCodes: Type.Optional(Type.Array(text)),
  packFraction: optional.text,
});

/** A visit as the facts of settlement carry it: what the partner sent, with hashes in place of numbers. */
export const RecordedVisitSchema = object({
  visitNo: text,
  insuredCity: city,
  careCity: city,
  personNoHash,
  familyPayerPersonNoHash: Type.Optional(personNoHash),
  institutionCode: text,
  doctorCode: optional.text,
  careType: oneOf(['chronic', 'ordinary', 'emergency', 'inpatient', 'pharmacy', 'dayCase']),
  visitedOn: day,
  settledAt: moment,
  emergency: optional.flag,
  invoiceNo: optional.text,
  admittedOn: optional.day,
  dischargedOn: optional.day,
  admissionNo: optional.text,
  dischargeWay: optional.text,
  internetHospital: optional.flag,
  diseaseCode: optional.text,
  diagnoses: Type.Optional(Type.Array(object({ code: text, main: optional.flag }))),
  operations: Type.Optional(
    Type.Array(object({ code: text, at: optional.moment, doctorCode: optional.text })),
  ),
  prescription: Type.Optional(
    object({
      no: text,
      issuingInstitutionCode: optional.text,
      doctorCode: optional.text,
      issuedOn: optional.day,
      validUntil: optional.day,
      kind: Type.Optional(oneOf(['ordinary', 'longTerm', 'external'])),
    }),
  ),
  useAccount: optional.flag,
  reasons: Type.Optional(Type.Array(object({ lineNo: optional.count, rule: text, text }))),
  lines: Type.Array(RecordedLineSchema),
});
