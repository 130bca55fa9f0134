import type { FastifyInstance, RouteOptions } from 'fastify';
import { API_ROOT } from '#trace/contract/api.ts';

declare module 'fastify' {
  interface FastifySchema {
    /** One line for the OpenAPI description; Fastify itself passes it over. */
    summary?: string;
  }
}

interface RouteSchema {
  readonly summary?: string;
  readonly params?: ObjectSchema;
  readonly querystring?: ObjectSchema;
  readonly body?: object;
  readonly response?: Readonly<Record<string, ResponseSchema>>;
}

interface ObjectSchema {
  readonly properties: Readonly<Record<string, object>>;
  readonly required?: readonly string[];
}

interface ResponseSchema {
  readonly description?: string;
  readonly content?: object;
  readonly type?: string;
}

export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string };
  readonly servers: readonly { readonly url: string }[];
  readonly security: readonly object[];
  readonly components: object;
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

/** Collects the routes that are added to `app` from here on; the document grows with them, out of the very schemas that check the requests. */
export const describeRoutes = (app: FastifyInstance, version: string): OpenApiDocument => {
  const paths: Record<string, Record<string, object>> = {};
  const root = `/${API_ROOT}`;
  app.addHook('onRoute', (route) => {
    if (!route.url.startsWith(`${root}/`)) return;
    const path = route.url.slice(root.length).replaceAll(/:(\w+)/g, '{$1}');
    for (const method of [route.method].flat()) {
      // Fastify answers HEAD wherever it answers GET.
      if (method !== 'HEAD') (paths[path] ??= {})[method.toLowerCase()] = describeOperation(route);
    }
  });
  return {
    openapi: '3.1.0',
    info: { title: 'Buildbot profiler', version },
    servers: [{ url: root }],
    security: [{ token: [] }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    paths,
  };
};

const describeOperation = (route: RouteOptions): object => {
  const schema = (route.schema ?? {}) as RouteSchema;
  return {
    summary: schema.summary ?? '',
    parameters: [...describeParameters('path', schema.params), ...describeParameters('query', schema.querystring)],
    ...(schema.body === undefined ? {} : { requestBody: { content: { 'application/json': { schema: schema.body } } } }),
    responses: Object.fromEntries(
      Object.entries(schema.response ?? {}).map(([status, response]) => [
        status.toUpperCase(),
        describeResponse(response),
      ]),
    ),
  };
};

const describeParameters = (place: 'path' | 'query', schema: ObjectSchema | undefined): object[] =>
  Object.entries(schema?.properties ?? {}).map(([name, property]) => ({
    name,
    in: place,
    required: schema?.required?.includes(name) ?? false,
    schema: property,
  }));

const describeResponse = (response: ResponseSchema): object => {
  const description = response.description ?? '';
  if (response.content !== undefined) return { description, content: response.content };
  return response.type === 'null'
    ? { description }
    : { description, content: { 'application/json': { schema: response } } };
};
