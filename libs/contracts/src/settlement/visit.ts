import { type Static, Type } from '@sinclair/typebox';

const closed = { additionalProperties: false } as const;
const Day = Type.String({ format: 'civil-date', maxLength: 10 });
const Moment = Type.String({ format: 'instant', maxLength: 40 });
const City = Type.String({ pattern: '^\\d{4}00$', maxLength: 6 });
const Code = Type.String({ minLength: 1, maxLength: 64 });
const Fen = Type.Integer({ minimum: 0, maximum: 1_000_000_000_00 });
const MicroYuan = Type.Integer({ minimum: 0, maximum: 100_000_000_000_000 });
const BasisPoints = Type.Integer({ minimum: 0, maximum: 10_000 });

export const CareType = Type.Union(
  (['chronic', 'ordinary', 'emergency', 'inpatient', 'pharmacy', 'dayCase'] as const).map((type) =>
    Type.Literal(type),
  ),
);
export type CareType = Static<typeof CareType>;

/** 费用明细: one charged line, classed and priced by the place of care (就医地目录). */
export const VisitLine = Type.Object(
  {
    lineNo: Type.Integer({ minimum: 1, maximum: 9_999 }),
    itemCode: Code,
    itemName: Type.String({ minLength: 1, maxLength: 200 }),
    itemType: Type.Union(
      (['drug', 'piece', 'service', 'consumable'] as const).map((type) => Type.Literal(type)),
    ),
    catalogueClass: Type.Union((['A', 'B', 'C'] as const).map((letter) => Type.Literal(letter))),
    quantity: Type.String({ pattern: '^\\d{1,10}(\\.\\d{1,4})?$', maxLength: 15 }),
    unit: Type.Optional(Type.String({ maxLength: 20 })),
    unitPriceMicroYuan: MicroYuan,
    amountFen: Fen,
    priceLimitMicroYuan: Type.Optional(MicroYuan),
    firstPayBasisPoints: Type.Optional(BasisPoints),
    performedAt: Type.Optional(Moment),
    diseaseCode: Type.Optional(Code),
    prescriptionNo: Type.Optional(Code),
    doctorCode: Type.Optional(Code),
    departmentCode: Type.Optional(Code),
    supplyDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 366 })),
    dosePerTake: Type.Optional(Type.String({ maxLength: 40 })),
    takesPerDay: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 48 })),
    patientConsentAt: Type.Optional(Moment),
    traceCodes: Type.Optional(
      Type.Array(Type.String({ pattern: '^\\d{20}$', maxLength: 20 }), { maxItems: 200 }),
    ),
    packFraction: Type.Optional(
      Type.String({ pattern: '^(1(\\.0{1,4})?|0\\.\\d{1,4})$', maxLength: 6 }),
    ),
  },
  closed,
);
export type VisitLine = Static<typeof VisitLine>;

const visitFields = {
  visitNo: Code,
  insuredCity: City,
  careCity: City,
  institutionCode: Code,
  doctorCode: Type.Optional(Code),
  careType: CareType,
  visitedOn: Day,
  settledAt: Moment,
  emergency: Type.Optional(Type.Boolean()),
  invoiceNo: Type.Optional(Code),
  admittedOn: Type.Optional(Day),
  dischargedOn: Type.Optional(Day),
  admissionNo: Type.Optional(Code),
  dischargeWay: Type.Optional(Code),
  internetHospital: Type.Optional(Type.Boolean()),
  diseaseCode: Type.Optional(Code),
  diagnoses: Type.Optional(
    Type.Array(Type.Object({ code: Code, main: Type.Optional(Type.Boolean()) }, closed), {
      maxItems: 30,
    }),
  ),
  operations: Type.Optional(
    Type.Array(
      Type.Object(
        { code: Code, at: Type.Optional(Moment), doctorCode: Type.Optional(Code) },
        closed,
      ),
      { maxItems: 30 },
    ),
  ),
  prescription: Type.Optional(
    Type.Object(
      {
        no: Code,
        issuingInstitutionCode: Type.Optional(Code),
        doctorCode: Type.Optional(Code),
        issuedOn: Type.Optional(Day),
        validUntil: Type.Optional(Day),
        kind: Type.Optional(
          Type.Union(
            (['ordinary', 'longTerm', 'external'] as const).map((kind) => Type.Literal(kind)),
          ),
        ),
      },
      closed,
    ),
  ),
  useAccount: Type.Optional(Type.Boolean()),
  familyPayerPersonNo: Type.Optional(Code),
  reasons: Type.Optional(
    Type.Array(
      Type.Object(
        {
          lineNo: Type.Optional(Type.Integer({ minimum: 1, maximum: 9_999 })),
          rule: Code,
          text: Type.String({ minLength: 1, maxLength: 500 }),
        },
        closed,
      ),
      { maxItems: 100 },
    ),
  ),
  lines: Type.Array(VisitLine, { minItems: 1, maxItems: 500 }),
};

/** A visit as a partner hands it in. `null` is taken for absent before this is checked. */
export const Visit = Type.Object({ ...visitFields, personNo: Code }, closed);
export type Visit = Static<typeof Visit>;

/** One call with up to 200 visits; the items are checked one by one, so that a malformed visit fails alone. */
export const VisitBatch = Type.Object(
  { visits: Type.Array(Type.Unknown(), { minItems: 1, maxItems: 200 }) },
  closed,
);
export type VisitBatch = Static<typeof VisitBatch>;

/** The largest number of visits in one call and in one micro-batch. */
export const MAX_VISITS_PER_BATCH = 200;
