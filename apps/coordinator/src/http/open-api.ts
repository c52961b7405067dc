import { errorBodySchema, routes, type Route } from '@encryptech/protocol';
import { z } from 'zod';
import { VERSION } from './version.ts';

type Schema = Record<string, unknown>;
interface Content {
  content: { 'application/json': { schema: Schema } };
}

/** One route of the document. */
export interface Operation {
  operationId: string;
  summary: string;
  parameters: readonly object[];
  requestBody?: Content & { required: true };
  responses: Record<string, Content & { description: string }>;
}

/** Answers and bodies as they go over the wire; what JSON Schema can't say (refinements) is left out. */
const schemaOf = (schema: z.ZodType): Schema => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest;
};
const content = (schema: z.ZodType): Content => ({ content: { 'application/json': { schema: schemaOf(schema) } } });

function operationOf(operationId: string, { path, method, summary, body, answer }: Route): Operation {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name!);
  return {
    ...{ operationId, summary },
    parameters: names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    ...(body === undefined ? {} : { requestBody: { required: true, ...content(body) } }),
    responses: {
      [method === 'POST' ? '201' : '200']: { description: 'Done.', ...content(answer) },
      default: { description: 'Refused; see HTTP.md for codes and statuses.', ...content(errorBodySchema) },
    },
  };
}

const paths: Record<string, Record<string, Operation>> = {};
for (const [name, route] of Object.entries<Route>(routes)) {
  const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
  paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(name, route) };
}

/** The OpenAPI document of the JSON routes, made from the schemas that check bodies and answers. */
export const openApi = {
  openapi: '3.1.0',
  info: { title: 'Encryptech coordinator', version: VERSION, license: { name: 'Apache-2.0' } },
  paths,
};
