import { edgeVariables } from '@lib/edge';
import { type Static, Type } from '@sinclair/typebox';

/** The variables of enrolment-query: those of every service, and its own. */
export const enrolmentConfig = Type.Object({
  ...edgeVariables,
  // This service keeps the identities: it does not run without the keys.
  PERSONAL_DATA_KEYS_FILE: Type.String({
    minLength: 1,
    description: 'the path of the personal-data keys',
  }),
  IMPORT_BATCH_LINES: Type.Integer({
    minimum: 1,
    maximum: 2_000,
    default: 300,
    description: 'lines of an import that share a transaction',
  }),
});
export type EnrolmentConfig = Static<typeof enrolmentConfig>;
