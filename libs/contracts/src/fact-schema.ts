import { Type } from '@sinclair/typebox';
import { object } from './http/wire';

/**
 * The building blocks of fact schemas. A version that was written is read for ever, so facts do not share the schemas of
 * the doors, which change; limits of size belong to the doors and not here.
 */
export const told = {
  text: Type.String(),
  count: Type.Integer(),
  flag: Type.Boolean(),
  fen: Type.Integer({ description: 'fen' }),
  day: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }),
  month: Type.String({ pattern: '^\\d{6}$', description: 'YYYYMM' }),
  moment: Type.String({ description: 'RFC 3339' }),
  city: Type.String({ description: 'six digits' }),
  insurance: Type.Union([Type.Literal('employee'), Type.Literal('resident')]),
  /** A keyed hash of a person's number with the key that made it. */
  personNoHash: object({ keyId: Type.String(), hash: Type.String() }),
  /** The place in another stream that was read. */
  place: object({ stream: Type.String(), version: Type.Integer() }),
  /** Names the exact text of a document. */
  document: object({ id: Type.String(), version: Type.String(), hash: Type.String() }),
} as const;

/** A refusal: the stable code, and what is needed to understand it. */
export const RefusalSchema = Type.Object(
  { refused: Type.String(), field: Type.Optional(Type.String()) },
  { additionalProperties: true },
);
