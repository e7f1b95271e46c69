import { type Static, Type } from '@sinclair/typebox';
import { oneOf, wire } from '../http/wire';

/** From mildest to strongest (architecture §11); the strongest finding of a visit is the visit's action. */
export const SCREENING_ACTIONS = [
  'pass',
  'remind',
  'reason',
  'selfPay',
  'strikeOff',
  'block',
] as const;
export type ScreeningAction = (typeof SCREENING_ACTIONS)[number];

/** One reason to doubt, with everything needed to believe it. */
export interface Finding {
  readonly action: ScreeningAction;
  readonly state: 'hit' | 'undetermined';
  readonly rule: string;
  readonly ruleVersion: string;
  readonly knowledgePoint?: string;
  readonly certainty: 'certain' | 'suspected';
  readonly lineNos: readonly number[];
  readonly observed: string;
  readonly limit: string;
  /** The gross amount affected: the whole line, or the surplus for rules about quantity and price. */
  readonly amountFen: number;
  /** What the people at the counter read (zh-CN). */
  readonly text: string;
}

export interface ScreenedVisit {
  readonly action: ScreeningAction;
  readonly findings: readonly Finding[];
}

/**
 * What screening reads of a visit that settlement hands over: little, because it is asked before every settlement. With
 * what settlement knows of the person (`subject`, never logged) screening needs no look-up of its own.
 */
export const VisitToScreenBody = Type.Object({
  careType: wire.code,
  visitedOn: wire.day,
  emergency: Type.Optional(Type.Boolean()),
  diseaseCode: Type.Optional(wire.code),
  subject: Type.Optional(
    Type.Object({
      gender: oneOf(['male', 'female']),
      birthDate: wire.day,
      insurance: oneOf(['employee', 'resident']),
      institutionLevel: Type.Integer({ minimum: 0, maximum: 3 }),
    }),
  ),
  lines: Type.Array(
    Type.Object({
      lineNo: Type.Integer({ minimum: 1 }),
      itemCode: wire.code,
      itemName: Type.String(),
      amountFen: wire.fen,
      performedAt: Type.Optional(wire.moment),
      diseaseCode: Type.Optional(wire.code),
    }),
  ),
});
export type VisitToScreen = Static<typeof VisitToScreenBody>;

export interface ScreeningsRequest {
  readonly stage: 'before' | 'during';
  readonly visits: readonly VisitToScreen[];
}

/** In the order of the request. */
export interface ScreeningsAnswer {
  readonly ruleSet: { readonly id: string; readonly version: string; readonly hash: string };
  readonly visits: readonly ScreenedVisit[];
}
