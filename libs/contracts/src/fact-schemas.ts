import type { TSchema } from '@sinclair/typebox';
import { crossCheckFactSchemas } from './cross-check/fact-schemas';
import { enrolmentFactSchemas } from './enrolment/fact-schemas';
import type { Service } from './http/route-contract';
import { settlementFactSchemas } from './settlement/fact-schemas';

/** One kind of fact: who writes it, the schema of its payload, and the topic it is published on, if it is. */
export interface FactContract {
  readonly type: string;
  readonly service: Service;
  readonly schema: TSchema;
  readonly topic?: string;
}

const contractsOf = (
  service: Service,
  topic: string,
  schemas: Readonly<Record<string, TSchema>>,
  unpublished: readonly string[],
): readonly FactContract[] =>
  Object.entries(schemas).map(([type, schema]) =>
    unpublished.includes(type) ? { type, service, schema } : { type, service, schema, topic },
  );

/** Every fact that the services decide, published or not. */
export const factContracts: readonly FactContract[] = [
  ...contractsOf('enrolment-query', 'enrolment.facts', enrolmentFactSchemas, [
    'CoverageRead.v1',
    'EnrolmentRefused.v1',
  ]),
  ...contractsOf('settlement', 'settlement.facts', settlementFactSchemas, [
    'PolicyPackLoaded.v1',
    'AgreementLoaded.v1',
  ]),
  ...contractsOf('cross-check', 'crosscheck.facts', crossCheckFactSchemas, []),
];
