import type { AgreementTableWire, AgreementWire } from '@domain/benefit';
import { type Static, Type } from '@sinclair/typebox';
import { Sources } from './policy-pack';

const closed = { additionalProperties: false } as const;
const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', maxLength: 10 });
const City = Type.String({ pattern: '^\\d{4}00$', maxLength: 6 });
const Id = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$', maxLength: 64 });
const PairId = Type.String({ pattern: '^\\d{4}00>\\d{4}00$', maxLength: 13 });

const AgreedFamily = Type.Object(
  {
    family: Id,
    name: Type.String({ minLength: 1, maxLength: 200 }),
    codes: Type.Array(Id, { minItems: 1, maxItems: 50 }),
    from: Day,
    until: Type.Optional(Day),
    source: Id,
  },
  closed,
);

const DatedItem = Type.Object(
  { code: Id, from: Day, until: Type.Optional(Day), source: Id },
  closed,
);

const Families = Type.Array(AgreedFamily, { minItems: 1, maxItems: 200 });

const common = {
  format: Type.Literal(1),
  version: Id,
  validFrom: Day,
  validUntil: Type.Optional(Day),
  supersedes: Type.Optional(Id),
  sources: Sources,
  diseases: Families,
  services: Type.Array(DatedItem, { maxItems: 5_000 }),
  institutions: Type.Array(DatedItem, { maxItems: 50_000 }),
  pharmacies: Type.Array(DatedItem, { maxItems: 50_000 }),
  benefits: Type.Array(DatedItem, { maxItems: 100 }),
};

/** 协议 of one directed pair of cities: which diseases settle directly from when, and what else the two agree. */
export const AgreementDocument = Type.Object(
  { ...common, id: PairId, insuredCity: City, careCity: City },
  { ...closed, $id: 'AgreementDocument.v1' },
);

/** A table of agreements between cities of two provinces, expanded to one agreement a pair by `expandAgreements`. */
export const AgreementTableDocument = Type.Object(
  {
    ...common,
    insuredCities: Type.Array(City, { minItems: 1, maxItems: 400 }),
    careCities: Type.Array(City, { minItems: 1, maxItems: 400 }),
    exceptions: Type.Array(
      Type.Object({ insuredCity: City, careCity: City, diseases: Families }, closed),
      { maxItems: 400 },
    ),
  },
  { ...closed, $id: 'AgreementTableDocument.v1' },
);

/** Fail to compile when schema and domain drift apart. */
type FitsPair<Document extends AgreementWire> = Document;
type FitsTable<Document extends AgreementTableWire> = Document;
export type AgreementDocument = FitsPair<Static<typeof AgreementDocument>>;
export type AgreementTableDocument = FitsTable<Static<typeof AgreementTableDocument>>;
