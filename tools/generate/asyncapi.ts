import {
  type FactContract,
  factContracts,
  ProblemDocument,
  type Service,
  settlementRoutes,
  Visit,
} from '@lib/contracts';
import { type TSchema, Type } from '@sinclair/typebox';

type Json = Readonly<Record<string, unknown>>;

/** What the key of each topic of facts is: order is promised per key (api.md §6). */
const FACT_TOPICS: Readonly<Record<string, { readonly key: string; readonly carries: string }>> = {
  'enrolment.facts': {
    key: 'personKey',
    carries: 'enrolment states, qualifications, filings and contributions of persons',
  },
  'settlement.facts': {
    key: 'personKey, refusal stream, institution or practitioner: a function of the stream',
    carries: 'settlements, reversals, refusals, and the registry of institutions',
  },
  'crosscheck.facts': { key: 'personKey', carries: 'suspicions raised and withdrawn' },
  'clearing.facts': { key: 'pair of provinces', carries: 'nothing yet: kept for clearing' },
  'supervision.facts': {
    key: 'case, practitioner or institution',
    carries: 'nothing yet: kept for casework and measures',
  },
};

/** Who listens to what besides the one who writes it. */
const FOLLOWERS: Readonly<Record<string, readonly Service[]>> = {
  'enrolment.facts': ['settlement', 'cross-check'],
  'settlement.facts': ['cross-check'],
};

const IDEMPOTENCY_KEY = Type.String({ minLength: 1, maxLength: 128 });
const CITY = { description: 'the care city, six digits', examples: ['430100'] };

/** The Kafka side of the platform as an AsyncAPI 3.0 document: topics, messages, and who sends and receives them. Pure. */
export function asyncApi(facts: readonly FactContract[] = factContracts): Json {
  const published = facts.filter((fact) => fact.topic !== undefined);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'ten-city-settlement',
      version: '1',
      description:
        'Facts are CloudEvents 1.0 in binary mode: attributes in ce_ headers, the payload as value. At least once; ce_subject (the stream) with ce_sequence (the version) tells a repeat. Money is an integer of fen.',
    },
    defaultContentType: 'application/json',
    channels: { ...factChannels(published), ...intakeChannels() },
    operations: { ...factOperations(published), ...intakeOperations() },
    components: {
      messages: {
        ...Object.fromEntries(published.map((fact) => [fact.type, messageOf(fact)])),
        ...intakeMessages(),
      },
      schemas: { Problem: plain(ProblemDocument), CloudEvent: plain(cloudEventHeaders) },
    },
  };
}

const cloudEventHeaders = Type.Object({
  ce_specversion: Type.Literal('1.0'),
  ce_id: Type.String({ description: 'source, stream and version' }),
  ce_source: Type.String({ description: 'the service' }),
  ce_type: Type.String({ description: 'the type of the fact with its version' }),
  ce_subject: Type.String({ description: 'the stream' }),
  ce_sequence: Type.String({ description: 'the version in the stream' }),
  ce_time: Type.String({ description: 'recorded time, RFC 3339' }),
  'content-type': Type.Literal('application/json'),
  traceparent: Type.String({ description: 'W3C Trace Context' }),
});

function messageOf({ type, schema }: FactContract): Json {
  return {
    name: type,
    headers: { $ref: '#/components/schemas/CloudEvent' },
    payload: plain(schema),
  };
}

function factChannels(published: readonly FactContract[]): Json {
  return Object.fromEntries(
    Object.entries(FACT_TOPICS).map(([topic, { key, carries }]) => [
      topic,
      {
        address: topic,
        description: `Key: ${key}. Carries ${carries}. Kept for ever.`,
        messages: Object.fromEntries(
          published
            .filter((fact) => fact.topic === topic)
            .map(({ type }) => [type, { $ref: `#/components/messages/${type}` }]),
        ),
      },
    ]),
  );
}

function factOperations(published: readonly FactContract[]): Json {
  const operations: Record<string, unknown> = {};
  for (const { service, topic } of published) {
    if (topic === undefined) continue;
    operations[`${service} publishes ${topic}`] = operation('send', topic);
    for (const follower of FOLLOWERS[topic] ?? []) {
      operations[`${follower} follows ${topic}`] = operation('receive', topic);
    }
  }
  return operations;
}

const operation = (action: 'send' | 'receive', channel: string): Json => ({
  action,
  channel: { $ref: `#/channels/${channel}` },
});

function intakeChannels(): Json {
  const channel = (word: string, description: string, message: string): Json => ({
    address: `settlement.${word}.{careCity}`,
    parameters: { careCity: CITY },
    description,
    messages: { [message]: { $ref: `#/components/messages/${message}` } },
  });
  return {
    'settlement.requests': channel(
      'requests',
      "Visits to be settled. The topic's access list proves the sender, the partner of the care city. Kept 48 hours.",
      'SettleVisit',
    ),
    'settlement.answers': channel(
      'answers',
      'The same body as HTTP answers, refusals included. Readable by that city alone. Kept 48 hours.',
      'SettlementAnswer',
    ),
  };
}

const intakeOperations = (): Json => ({
  'settlement takes requests': {
    ...operation('receive', 'settlement.requests'),
    reply: { channel: { $ref: '#/channels/settlement.answers' } },
  },
  'settlement answers requests': operation('send', 'settlement.answers'),
});

function intakeMessages(): Json {
  return {
    SettleVisit: {
      name: 'SettleVisit',
      headers: plain(Type.Object({ 'idempotency-key': IDEMPOTENCY_KEY })),
      payload: plain(Visit),
    },
    SettlementAnswer: {
      name: 'SettlementAnswer',
      headers: plain(
        Type.Object({
          'idempotency-key': Type.Optional(IDEMPOTENCY_KEY),
          status: Type.String({ description: 'what HTTP would have answered' }),
          'idempotency-replayed': Type.String({ enum: ['true', 'false'] }),
          'request-partition': Type.String(),
          'request-offset': Type.String(),
        }),
      ),
      payload: {
        anyOf: [
          plain(settlementRoutes.settle.answers[201]),
          { $ref: '#/components/schemas/Problem' },
        ],
      },
    },
  };
}

/** A schema without what only the compiler of schemas understands, and without an id, which its place gives it. */
function plain(schema: TSchema): unknown {
  const { $id: _id, ...rest } = JSON.parse(JSON.stringify(schema)) as Record<string, unknown>;
  return rest;
}
