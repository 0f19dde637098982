import { z } from 'zod'
import type { Endpoint } from './endpoint.ts'
import { problemType } from './problem.ts'

const schemaOf = (schema: z.ZodType, io: 'input' | 'output') => {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' })
  return rest
}

const parametersOf = (schema: z.ZodType | undefined, place: 'path' | 'query') => {
  if (!schema) return []
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Record<string, object>
    required?: string[]
  }
  return Object.entries(properties).map(([name, inner]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: inner,
  }))
}

function requestBodyOf(endpoint: Endpoint) {
  if (endpoint.body)
    return { required: true, content: { 'application/json': { schema: schemaOf(endpoint.body, 'input') } } }
  if (!endpoint.raw) return undefined
  return {
    required: true,
    content: Object.fromEntries(
      endpoint.raw.types.map((type) => [type, { schema: { type: 'string', format: 'binary' } }]),
    ),
  }
}

/** What the frame itself answers, before or around a handler. */
function framed(endpoint: Endpoint): Record<number, readonly string[]> {
  const { body, raw, query, params, access } = endpoint
  return {
    ...((query || body || raw) && { 400: [...(query ? ['invalid-query'] : []), ...(body ? ['malformed-json'] : [])] }),
    ...(access !== 'public' && { 401: ['unauthenticated', 'invalid-token', 'token-expired', 'session-ended'] }),
    ...(params && { 404: ['not-found'] }),
    ...((body || raw) && { 413: ['too-large'], 415: ['unsupported-media-type'] }),
    ...(body && { 422: ['invalid-body'] }),
    503: ['unavailable'],
  }
}

function problemsOf(endpoint: Endpoint): [string, readonly string[]][] {
  const all = new Map<string, Set<string>>()
  for (const [status, codes] of [...Object.entries(framed(endpoint)), ...Object.entries(endpoint.problems ?? {})])
    all.set(status, new Set([...(all.get(status) ?? []), ...codes]))
  return [...all].map(([status, codes]) => [status, [...codes]])
}

function responsesOf(endpoint: Endpoint) {
  const good = Object.entries(endpoint.responses).map(([status, schema]) => [
    status,
    { description: 'Done', ...(schema && { content: { 'application/json': { schema: schemaOf(schema, 'output') } } }) },
  ])
  const bad = problemsOf(endpoint).map(([status, codes]) => [
    status,
    {
      description: `Problem: ${codes.join(', ')}`,
      content: { [problemType]: { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  ])
  return Object.fromEntries([...good, ...bad])
}

function operationOf(endpoint: Endpoint) {
  const headers = (endpoint.requestHeaders ?? []).map((name) => ({
    name,
    in: 'header',
    required: false,
    schema: { type: 'string' },
  }))
  const requestBody = requestBodyOf(endpoint)
  return {
    summary: endpoint.summary,
    ...(endpoint.access !== 'public' && {
      security: [{ bearer: [] }, ...(endpoint.access === 'optional' ? [{}] : [])],
    }),
    parameters: [...parametersOf(endpoint.params, 'path'), ...parametersOf(endpoint.query, 'query'), ...headers],
    ...(requestBody && { requestBody }),
    responses: responsesOf(endpoint),
  }
}

/** OpenAPI 3.1 from the schemas that validate. */
export function openApi(service: string, endpoints: readonly Endpoint[]): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const endpoint of endpoints) {
    const path = endpoint.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [endpoint.method]: operationOf(endpoint) }
  }
  return {
    openapi: '3.1.0',
    info: { title: `bookstore ${service}`, version: '1' },
    servers: [{ url: '/api' }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: { Problem: problemSchema },
    },
  }
}

const problemSchema = {
  type: 'object',
  required: ['title', 'status', 'code'],
  properties: {
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'Stable; decide by this' },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['field', 'message'],
        properties: { field: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
}
