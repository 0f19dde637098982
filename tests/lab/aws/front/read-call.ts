import { restAction } from './rest.ts'
import type { WireRequest } from './wire.ts'

/** What of an API call can be told from its request. */
export interface ApiCall {
  /** As in the signature: 'ec2', 'ssm', 'route53', 's3', 'monitoring' is 'cloudwatch'. */
  service: string
  /** 'RunInstances'. */
  action: string
  /** Lists are arrays, and what has members is an object. Texts of the query protocol stay texts. */
  parameters: Parameters
  region: string
  /** Whose key has signed it. */
  accessKey: string
}

export type Parameters = { [name: string]: unknown }

/** The name in the signature, where it is not the name that people use. */
const known: Record<string, string> = { monitoring: 'cloudwatch', tagging: 'tagging' }

/**
 * Reads the protocols query (EC2, IAM, STS, SNS), JSON (SSM, CloudWatch, tagging), and REST as far as its action (Route 53,
 * S3): https://smithy.io/2.0/aws/protocols/. Service and region are those of the signature's scope
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
 */
export function readCall(request: WireRequest): ApiCall {
  const scope = /Credential=([^/,\s]+)\/\d+\/([^/]+)\/([^/]+)\/aws4_request/.exec(request.headers.authorization ?? '')
  const [, accessKey = '', region = '', signed = ''] = scope ?? []
  const service = known[signed] ?? signed
  const caller = { service, region, accessKey }
  const target = request.headers['x-amz-target']
  if (target) return { ...caller, action: target.slice(target.lastIndexOf('.') + 1), parameters: json(request.body) }
  if (/^application\/x-www-form-urlencoded/.test(request.headers['content-type'] ?? '')) {
    const fields = new URLSearchParams(request.body.toString('utf8'))
    return { ...caller, action: fields.get('Action') ?? '', parameters: nest(fields) }
  }
  return { ...caller, ...restAction(service, request) }
}

function json(body: Buffer): Parameters {
  try {
    return JSON.parse(body.toString('utf8') || '{}') as Parameters
  } catch {
    return {}
  }
}

/** 'Tag.1.Key' and 'Tags.member.1.Key' are lists; numbers begin with 1. */
export function nest(fields: Iterable<[string, string]>): Parameters {
  const root: Parameters = {}
  for (const [name, value] of fields) {
    if (name === 'Action' || name === 'Version') continue
    const path = name.split('.').filter((it) => it !== 'member')
    const last = path.pop() ?? ''
    let at = root
    for (const step of path) {
      const next = at[step]
      if (typeof next === 'object' && next !== null) at = next as Parameters
      else {
        const made: Parameters = {}
        at[step] = made
        at = made
      }
    }
    at[last] = value
  }
  return listed(root) as Parameters
}

function listed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  if (entries.length > 0 && entries.every(([name]) => /^\d+$/.test(name)))
    return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, it]) => listed(it))
  return Object.fromEntries(entries.map(([name, it]) => [name, listed(it)]))
}
