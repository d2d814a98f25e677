import type { Access, Api, Described } from './route.ts';
import type { ObjectShape, Shape } from './shape.ts';

const ERROR = {
  type: 'object',
  properties: { error: { type: 'string', description: 'One sentence for people.' } },
  required: ['error'],
} as const satisfies Shape;

const refusalOf = (description: string) => ({
  description,
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Refusal' } } },
});

const SECURITY: Readonly<Record<Access, readonly object[]>> = {
  anyone: [],
  owner: [{ session: [] }],
  metrics: [{ session: [] }, { scraper: [] }],
};

const parametersOf = ({ properties, required = [] }: ObjectShape) =>
  Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema,
  }));

const operationOf = ({ access, words, query, body, gives }: Described) => ({
  summary: words,
  security: SECURITY[access],
  ...(query === undefined ? {} : { parameters: parametersOf(query) }),
  ...(body === undefined
    ? {}
    : { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
  responses: {
    200: {
      description: gives.words ?? 'As asked.',
      content: { [gives.type]: gives.shape === undefined ? {} : { schema: gives.shape } },
    },
    ...(query === undefined && body === undefined
      ? {}
      : { 400: refusalOf('The request is not as described here.') }),
    ...(access === 'anyone' ? {} : { 401: refusalOf('Nobody has logged in.') }),
    ...(body === undefined ? {} : { 403: refusalOf('It is not done, and why.') }),
    429: refusalOf('Too many requests of this caller.'),
    default: refusalOf('It cannot be done now, and why.'),
  },
});

/** What a change has to carry besides the session, so that no page of anybody else can ask for it. */
const MARK = {
  name: 'x-outpost',
  in: 'header',
  required: true,
  description: 'A header that no form can set.',
  schema: { type: 'string', enum: ['1'] },
};

/** The API as OpenAPI 3.1 describes one. */
export const openApi = (api: Api, version: string) => {
  const paths: Record<string, Record<string, object>> = {};
  for (const name of Object.keys(api).sort()) {
    const [method = '', path = ''] = name.split(' ');
    const described = api[name];
    if (described === undefined) continue;
    const operation = operationOf(described);
    paths[path] = {
      ...paths[path],
      [method.toLowerCase()]:
        method === 'GET' ? operation : { ...operation, parameters: [...(operation.parameters ?? []), MARK] },
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Outpost',
      version,
      summary: 'What the local page of an Outpost gateway asks it, and anybody with its password may.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas: { Refusal: ERROR },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'outpost', description: 'Given by /api/login.' },
        scraper: {
          type: 'http',
          scheme: 'bearer',
          description: 'What stands in page/metrics-token.txt of the data directory.',
        },
      },
    },
  };
};

/** As docs/api/openapi.json has it. */
export const openApiText = (api: Api, version: string): string =>
  `${JSON.stringify(openApi(api, version), null, 2)}\n`;
