import type { PolicyPackWire } from '@domain/benefit';
import { type Static, type TSchema, Type } from '@sinclair/typebox';

// The schema says the form; what the figures may be is said once, by `validatePack` of the domain.

const closed = { additionalProperties: false } as const;
const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', maxLength: 10 });
const City = Type.String({ pattern: '^\\d{4}00$', maxLength: 6 });
const Name = Type.String({ minLength: 1, maxLength: 200 });
const Id = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$', maxLength: 64 });
const Text = Type.String({ minLength: 1, maxLength: 1_000 });
const Fen = Type.Integer({ minimum: 0, maximum: 1_000_000_000_00 });
const BasisPoints = Type.Integer({ minimum: -1_000_000, maximum: 1_000_000 });
const source = Id;

const byPerson = <Value extends TSchema>(value: Value) =>
  Type.Object(
    {
      inService: Type.Optional(value),
      retired: Type.Optional(value),
      resident: Type.Optional(value),
    },
    closed,
  );

const keyed = <Value extends TSchema>(value: Value) => Type.Record(Id, value, closed);

/** How far a figure can be trusted: official text, digest, weak data set, assumption, knowledge by confidence. */
export const SourceGrade = Type.Union(
  (['S', 'A', 'B', 'C', 'D', 'K-h', 'K-m', 'K-l'] as const).map((grade) => Type.Literal(grade)),
);

/** Where figures come from, by a short name that they give as their `source`. */
export const Sources = keyed(
  Type.Object({ text: Text, grade: SourceGrade, note: Type.Optional(Text) }, closed),
);

const RemoteCut = Type.Object(
  {
    mode: Type.Union([Type.Literal('firstPay'), Type.Literal('pointsCut')]),
    basisPoints: BasisPoints,
    source,
  },
  closed,
);

const RemoteRules = Type.Object(
  {
    longTerm: RemoteCut,
    referral: RemoteCut,
    emergency: RemoteCut,
    other: RemoteCut,
    unfiled: Type.Object({ treatment: Type.Literal('refused'), source }, closed),
  },
  closed,
);

const Ratio = Type.Union([
  Type.Object({ rule: Type.Literal('fixed'), basisPoints: byPerson(BasisPoints), source }, closed),
  Type.Object(
    {
      rule: Type.Literal('perTier'),
      basisPoints: byPerson(Type.Array(BasisPoints, { maxItems: 10 })),
      source,
    },
    closed,
  ),
]);

const Deductible = Type.Object({ period: Type.Literal('YEAR'), amountFen: Fen, source }, closed);

const DiseaseLimit = Type.Object(
  {
    period: Type.Union([Type.Literal('YEAR'), Type.Literal('MONTH')]),
    amountFen: Fen,
    rollOver: Type.Boolean(),
    counts: Type.Literal('poolPayment'),
    source,
  },
  closed,
);

const ChronicDisease = Type.Object(
  {
    name: Name,
    group: Type.Optional(Id),
    ratio: Type.Optional(Ratio),
    deductible: Type.Optional(Deductible),
    limits: Type.Array(DiseaseLimit, { maxItems: 4 }),
  },
  closed,
);

const Stacking = Type.Union([
  Type.Object({ rule: Type.Literal('several'), source }, closed),
  Type.Object(
    {
      rule: Type.Literal('oneDisease'),
      period: Type.Literal('MONTH'),
      secondAddsFen: Fen,
      source,
    },
    closed,
  ),
]);

const ChronicSection = Type.Object(
  {
    ratio: Ratio,
    deductible: Deductible,
    yearlyCap: Type.Object({ amountFen: byPerson(Fen), source }, closed),
    stacking: Stacking,
    startsMonthAfterApproval: Type.Object({ value: Type.Boolean(), source }, closed),
    groups: keyed(
      Type.Object(
        { name: Name, period: Type.Literal('YEAR'), amountFen: Type.Optional(Fen), source },
        closed,
      ),
    ),
    diseases: keyed(ChronicDisease),
  },
  closed,
);

/** 待遇政策包: what one city pays for one insurance from a day on. Sections for further care types are added beside `chronic`. */
export const PolicyPackDocument = Type.Object(
  {
    format: Type.Literal(1),
    id: Id,
    version: Id,
    title: Name,
    insuredCity: City,
    insurance: Type.Union([Type.Literal('employee'), Type.Literal('resident')]),
    validFrom: Day,
    validUntil: Type.Optional(Day),
    supersedes: Type.Optional(Id),
    reversalMode: Type.Union([Type.Literal('LIFO_ONLY'), Type.Literal('RECOMPUTE_TAIL')]),
    sources: Sources,
    remote: Type.Object({ chronic: RemoteRules }, closed),
    chronic: ChronicSection,
  },
  { ...closed, $id: 'PolicyPackDocument.v1' },
);

/** Fails to compile when schema and domain drift apart. */
type Fits<Document extends PolicyPackWire> = Document;
export type PolicyPackDocument = Fits<Static<typeof PolicyPackDocument>>;
