import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { object, oneOf, wire } from '../http/wire';

const Action = oneOf(['pass', 'remind', 'reason', 'selfPay', 'strikeOff', 'block']);
// By its form alone: that the day exists is checked when the rule set is compiled.
const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', maxLength: 10 });
const Age = Type.Integer({ minimum: 0, maximum: 150 });
const Source = Type.String({ minLength: 1, maxLength: 2_000 });
const FileName = Type.String({ pattern: '^[a-z0-9_.-]{1,100}$' });
const Insurances = Type.Array(oneOf(['employee', 'resident']), { maxItems: 2, uniqueItems: true });
const Codes = Type.Array(wire.code, { maxItems: 1_000 });

const perRule = <Schema extends TSchema>(schema: Schema) =>
  object({
    gender: schema,
    'child-only': schema,
    'age-range': schema,
    'insurance-type': schema,
    'institution-level': schema,
    'code-unknown': schema,
    'code-malformed': schema,
  });

/** `rule-set.json`: what a rule set is beside its tables. Figures that no publication gives carry their source. */
export const RuleSetFile = object({
  id: wire.code,
  version: wire.code,
  title: Type.String({ minLength: 1, maxLength: 200 }),
  effectiveFrom: Day,
  source: Source,
  files: object({
    knowledgePoints: FileName,
    knowledgePointCodes: FileName,
    drugClasses: FileName,
    serviceClasses: FileName,
  }),
  actions: object({ before: perRule(Action), during: perRule(Action) }),
  parameters: object({
    childAge: object({ doubtfulFrom: Age, certainFrom: Age, source: Source }),
    workingAge: object({ from: Age, untilMale: Age, untilFemale: Age, source: Source }),
    insurancesMeeting: object({ 工伤: Insurances, 生育: Insurances, source: Source }),
    unknownCodes: object({ report: oneOf(['off', 'class', 'all']), source: Source }),
    supply: object({ graceDays: Type.Integer({ minimum: 0, maximum: 366 }), source: Source }),
  }),
  protectedCare: Type.Array(
    object({
      name: wire.code,
      from: Day,
      until: Type.Optional(Day),
      diseaseCodes: Codes,
      itemCodes: Codes,
      source: Source,
    }),
    { maxItems: 100 },
  ),
});
export type RuleSetFile = Static<typeof RuleSetFile>;
