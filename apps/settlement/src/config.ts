import { edgeVariables } from '@lib/edge';
import { type Static, Type } from '@sinclair/typebox';

/** The variables of settlement: those of every service, and its own. */
export const settlementConfig = Type.Object({
  ...edgeVariables,
  CROSS_CHECK_URL: Type.Optional(
    Type.String({
      pattern: '^https?://',
      description: 'the address of cross-check; without it nothing is screened',
    }),
  ),
  SERVICE_TOKEN_FILE: Type.Optional(
    Type.String({ minLength: 1, description: 'the path of a file with the token for cross-check' }),
  ),
  SCREENING: Type.Union([Type.Literal('on'), Type.Literal('off')], {
    default: 'on',
    description: 'on or off',
  }),
  SCREENING_BUDGET_MS: Type.Integer({
    minimum: 1,
    default: 300,
    description: 'milliseconds that screening may take',
  }),
  SETTLEMENT_LANES: Type.Integer({
    minimum: 1,
    maximum: 16,
    default: 3,
    description: 'batches written at once',
  }),
  SETTLEMENT_MAX_WAITING: Type.Integer({
    minimum: 1,
    default: 4_000,
    description: 'visits that may wait for a batch',
  }),
  BALANCE_SHARD: Type.Integer({
    minimum: 0,
    maximum: 15,
    default: 0,
    description: 'the number of this replica, 0 to 15: its balances are rows of its own',
  }),
});
export type SettlementConfig = Static<typeof settlementConfig>;
