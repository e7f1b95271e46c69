import { edgeVariables } from '@lib/edge';
import { type Static, Type } from '@sinclair/typebox';

/** The variables of cross-check: those of every service, and its own. */
export const crossCheckConfig = Type.Object({
  ...edgeVariables,
  CHECK_BATCH_SIZE: Type.Integer({
    minimum: 1,
    maximum: 1_000,
    default: 150,
    description: 'facts checked in one transaction',
  }),
  CHECK_LANES: Type.Integer({
    minimum: 1,
    maximum: 16,
    default: 2,
    description: 'batches of facts checked at once',
  }),
});
export type CrossCheckConfig = Static<typeof crossCheckConfig>;
