import type { Parameters } from './read-call.ts'
import type { WireRequest } from './wire.ts'

interface Route {
  method: string
  path: RegExp
  action: string
}

const route = (method: string, path: RegExp, action: string): Route => ({ method, path, action })

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_Operations_Amazon_Route_53.html */
const route53: Route[] = [
  route('POST', /^\/2013-04-01\/hostedzone\/(?<Id>[^/]+)\/rrset\/?$/, 'ChangeResourceRecordSets'),
  route('GET', /^\/2013-04-01\/hostedzone\/(?<Id>[^/]+)\/rrset\/?$/, 'ListResourceRecordSets'),
  route('GET', /^\/2013-04-01\/hostedzonesbyname\/?$/, 'ListHostedZonesByName'),
  route('GET', /^\/2013-04-01\/hostedzone\/(?<Id>[^/]+)$/, 'GetHostedZone'),
  route('DELETE', /^\/2013-04-01\/hostedzone\/(?<Id>[^/]+)$/, 'DeleteHostedZone'),
  route('GET', /^\/2013-04-01\/hostedzone\/?$/, 'ListHostedZones'),
  route('POST', /^\/2013-04-01\/hostedzone\/?$/, 'CreateHostedZone'),
  route('GET', /^\/2013-04-01\/change\/(?<Id>[^/]+)$/, 'GetChange'),
  route('GET', /^\/2013-04-01\/tags\/(?<Type>[^/]+)\/(?<Id>[^/]+)$/, 'ListTagsForResource'),
  route('POST', /^\/2013-04-01\/tags\/(?<Type>[^/]+)\/(?<Id>[^/]+)$/, 'ChangeTagsForResource'),
]

/** What a sub-resource in the query string makes of a call to a bucket (API_Operations_Amazon_Simple_Storage_Service). */
const bucketParts: Record<string, string> = {
  acl: 'Acl',
  encryption: 'Encryption',
  lifecycle: 'LifecycleConfiguration',
  location: 'Location',
  ownershipControls: 'OwnershipControls',
  policy: 'Policy',
  publicAccessBlock: 'PublicAccessBlock',
  tagging: 'Tagging',
  versioning: 'Versioning',
}
const verbs: Record<string, string> = { GET: 'Get', PUT: 'Put', DELETE: 'Delete', HEAD: 'Head' }

export function restAction(service: string, { method, url }: WireRequest): { action: string; parameters: Parameters } {
  const { pathname, searchParams } = new URL(url, 'http://front')
  const query = Object.fromEntries(searchParams)
  if (service === 's3') return s3Action(method, pathname, query)
  for (const { method: wanted, path, action } of service === 'route53' ? route53 : []) {
    const found = method === wanted && path.exec(pathname)
    if (found) return { action, parameters: { ...query, ...found.groups } }
  }
  return { action: `${method} ${pathname}`, parameters: query }
}

function s3Action(method: string, pathname: string, query: Record<string, string>): ReturnType<typeof restAction> {
  const [Bucket = '', ...rest] = pathname.slice(1).split('/').map(decodeURIComponent)
  const Key = rest.join('/')
  const parameters: Parameters = { ...query, ...(Bucket ? { Bucket } : {}), ...(Key ? { Key } : {}) }
  const verb = verbs[method] ?? method
  if (!Bucket) return { action: 'ListBuckets', parameters }
  const part = Object.keys(bucketParts).find((it) => it in query)
  if (part) return { action: `${verb}${Key ? 'Object' : 'Bucket'}${bucketParts[part]}`, parameters }
  const partly = Key && inParts(method, query)
  if (partly) return { action: partly, parameters }
  if (method === 'POST') return { action: 'delete' in query ? 'DeleteObjects' : 'PostObject', parameters }
  if (Key) return { action: `${verb}Object`, parameters }
  if (method === 'GET' && 'versions' in query) return { action: 'ListObjectVersions', parameters }
  if (method === 'GET') return { action: 'ListObjectsV2', parameters }
  return { action: method === 'PUT' ? 'CreateBucket' : `${verb}Bucket`, parameters }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html */
function inParts(method: string, query: Record<string, string>): string | undefined {
  if (method === 'POST' && 'uploads' in query) return 'CreateMultipartUpload'
  if (!('uploadId' in query)) return undefined
  return { PUT: 'UploadPart', POST: 'CompleteMultipartUpload', DELETE: 'AbortMultipartUpload', GET: 'ListParts' }[
    method
  ]
}
