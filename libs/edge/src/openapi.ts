import { type TSchema } from '@sinclair/typebox';
import { ProblemDocument, type RouteContract, type Service } from '@lib/contracts';

type Json = Readonly<Record<string, unknown>>;

/** An OpenAPI 3.1 document. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Json>>;
  readonly components: Json;
}

const PROBLEM = { $ref: '#/components/schemas/Problem' } as const;
const problem = (description: string): Json => ({
  description,
  content: { 'application/problem+json': { schema: PROBLEM } },
});

/** The contract of a service as OpenAPI, from its route table alone: who may call is in the description of each operation. Pure. */
export function openApiOf(
  service: Service,
  routes: readonly RouteContract[],
  version = '1',
): OpenApiDocument {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const contract of routes) {
    const path = contract.path.replaceAll(/\{(\w+)\*\}/g, '{$1}');
    (paths[path] ??= {})[contract.method.toLowerCase()] = operation(contract);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: service,
      version,
      description:
        'Money is an integer of fen, days are YYYY-MM-DD, moments RFC 3339. `null` equals absent; unknown fields are refused.',
    },
    paths,
    components: {
      schemas: { Problem: plain(ProblemDocument) },
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}

function operation(contract: RouteContract): Json {
  const { roles, body, stream } = contract;
  return {
    operationId: contract.id,
    summary: contract.summary,
    description: whoMayCall(contract),
    tags: [contract.path.split('/').slice(1, 3).join('/')],
    parameters: parameters(contract),
    ...(body === undefined
      ? {}
      : {
          requestBody: { required: true, content: { 'application/json': { schema: plain(body) } } },
        }),
    ...(stream === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: Object.fromEntries(stream.mediaTypes.map((type) => [type, {}])),
          },
        }),
    responses: responses(contract),
    security: roles === 'public' ? [] : [{ token: [] }],
  };
}

function whoMayCall({ roles, scope }: RouteContract): string {
  if (roles === 'public') return 'Open to all.';
  const who = `Roles: ${roles.join(', ')}.`;
  return scope.kind === 'any' ? who : `${who} City: ${JSON.stringify(scope)}`;
}

function parameters(contract: RouteContract): readonly Json[] {
  const found = [
    ...fieldsOf(contract.params).map(([name, schema]) => parameter(name, 'path', true, schema)),
    ...fieldsOf(contract.query).map(([name, schema, required]) =>
      parameter(name, 'query', required, schema),
    ),
  ];
  if (contract.idempotency !== 'required') return found;
  const key = { type: 'string', minLength: 1, maxLength: 128 };
  return [...found, { name: 'Idempotency-Key', in: 'header', required: true, schema: key }];
}

const parameter = (name: string, place: string, required: boolean, schema: TSchema): Json => ({
  name,
  in: place,
  required,
  schema: plain(schema),
});

function fieldsOf(schema: TSchema | undefined): readonly [string, TSchema, boolean][] {
  if (schema === undefined) return [];
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, TSchema>>;
  const required = (schema['required'] ?? []) as readonly string[];
  return Object.entries(properties).map(([name, field]) => [name, field, required.includes(name)]);
}

function responses(contract: RouteContract): Json {
  const answers: Record<string, unknown> = {};
  for (const [status, schema] of Object.entries(contract.answers)) {
    const content = { 'application/json': { schema: plain(schema) } };
    answers[status] = { description: 'answer', content };
  }
  const refused =
    contract.roles === 'public'
      ? {}
      : {
          400: problem('malformed; `field` names the place'),
          401: problem('no valid token'),
          403: problem('role or city not allowed'),
          422: problem('refused; `refused` is the code'),
          503: problem('overloaded; try again after Retry-After'),
        };
  return { ...refused, ...answers };
}

/** A schema without what only the compiler of schemas understands. */
const plain = (schema: TSchema): unknown => JSON.parse(JSON.stringify(schema)) as unknown;
