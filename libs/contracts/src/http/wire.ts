import { type TSchema, Type } from '@sinclair/typebox';

/** Objects of the wire are closed: an unknown field is an error, not a wish. */
export const closed = { additionalProperties: false } as const;

/**
 * The building blocks of bodies and queries. The formats `civil-date` and `instant` are checked by the parsers of the kernel,
 * which the edge registers.
 */
export const wire = {
  /** A day, `YYYY-MM-DD`. */
  day: Type.String({ format: 'civil-date', maxLength: 10 }),
  /** A moment, RFC 3339. */
  moment: Type.String({ format: 'instant', maxLength: 40 }),
  /** A month, `YYYYMM`. */
  month: Type.String({ pattern: '^\\d{4}(0[1-9]|1[0-2])$', maxLength: 6 }),
  /** A city, six digits. */
  city: Type.String({ pattern: '^\\d{4}00$', maxLength: 6 }),
  /** A province, two digits. */
  province: Type.String({ pattern: '^\\d{2}$', maxLength: 2 }),
  /** A code or number given by someone else. */
  code: Type.String({ minLength: 1, maxLength: 64 }),
  /** An opaque key, id or name of a stream. */
  id: Type.String({ minLength: 1, maxLength: 200 }),
  /** A reason that a person wrote. */
  reason: Type.String({ minLength: 1, maxLength: 500 }),
  /** An amount that is not negative, in fen. */
  fen: Type.Integer({ minimum: 0, maximum: 1_000_000_000_00 }),
  /** A ratio, 0 to 10,000. */
  basisPoints: Type.Integer({ minimum: 0, maximum: 10_000 }),
  /** The place where the next page begins, as the last answer gave it. */
  cursor: Type.String({ minLength: 1, maxLength: 200 }),
  /** The size of a page. */
  limit: Type.Integer({ minimum: 1, maximum: 1_000 }),
} as const;

/** One of a list of words. */
export const oneOf = <const Words extends readonly string[]>(words: Words) =>
  Type.Union(words.map((word: Words[number]) => Type.Literal(word)));

/** An object that allows no field beside those named. */
export const object = <const Fields extends Record<string, TSchema>>(fields: Fields) =>
  Type.Object(fields, closed);

/** What every refusal and error answers with: RFC 9457, with the refusal's code and facts beside it. */
export const ProblemDocument = Type.Object(
  {
    type: Type.String({ description: 'urn:ten-city:problem: and the code; stable' }),
    title: Type.String({ description: 'zh-CN' }),
    status: Type.Integer(),
    detail: Type.Optional(Type.String()),
    refused: Type.String({ description: 'the stable code, area.reason' }),
    field: Type.Optional(Type.String({ description: 'the offending field: lines[2].amountFen' })),
    traceId: Type.Optional(Type.String()),
  },
  { $id: 'Problem', additionalProperties: true },
);
