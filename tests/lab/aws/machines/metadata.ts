import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2'
import { GetInstanceProfileCommand } from '@aws-sdk/client-iam'
import { type Network, redirect } from '../../box/network.ts'
import { type Clients, region } from '../clients.ts'

export interface MetadataOptions {
  network: Network
  core: Clients
  /** The instance at an address of the lab. */
  instanceAt(address: string): string | undefined
  /** By access key: whose credentials a machine has been given. */
  roles: Map<string, string>
}

interface Reply {
  status: number
  body: string
}

/** What a machine asks about itself at 169.254.169.254; it is answered to those who show a token only. */
export async function startMetadata(options: MetadataOptions): Promise<{ close(): Promise<void> }> {
  const { network } = options
  const tokens = new Set<string>()
  const server = createServer((request, response) => {
    const answered = (({ status, body }: Reply) => response.writeHead(status).end(body)) as (reply: Reply) => void
    reply(request, tokens, options).then(answered, () => answered({ status: 500, body: '' }))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, `${network.prefix}.1`, resolve)
  })
  await redirect(network, '169.254.169.254', 80, (server.address() as AddressInfo).port)
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html */
async function reply(
  { method, url = '/', headers, socket }: IncomingMessage,
  tokens: Set<string>,
  { core, instanceAt, roles }: MetadataOptions,
): Promise<Reply> {
  if (method === 'PUT' && url === '/latest/api/token') {
    const token = randomBytes(24).toString('base64url')
    tokens.add(token)
    return { status: 200, body: token }
  }
  if (!tokens.has(String(headers['x-aws-ec2-metadata-token']))) return { status: 401, body: '' }
  const id = instanceAt(socket.remoteAddress ?? '')
  if (!id) return { status: 404, body: '' }
  const text = await told(url.replace(/^\/(latest|\d{4}-\d\d-\d\d)\//, ''), id, core, roles)
  return text === undefined ? { status: 404, body: '' } : { status: 200, body: text }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-categories.html */
async function told(path: string, id: string, core: Clients, roles: Map<string, string>): Promise<string | undefined> {
  if (path === 'meta-data/instance-id') return id
  if (path === 'meta-data/placement/region') return region
  if (path === 'dynamic/instance-identity/document') return JSON.stringify({ region, instanceId: id })
  const credentials = /^meta-data\/iam\/security-credentials\/?(.*)$/.exec(path)
  if (!credentials) return undefined
  const role = await roleOf(id, core)
  if (!role || credentials[1] === '') return role
  return credentials[1] === role ? JSON.stringify(credentialsFor(role, roles)) : undefined
}

async function roleOf(id: string, { ec2, iam }: Clients): Promise<string | undefined> {
  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }))
  const profile = Reservations?.[0]?.Instances?.[0]?.IamInstanceProfile?.Arn?.split('/').at(-1)
  if (!profile) return undefined
  const { InstanceProfile } = await iam.send(new GetInstanceProfileCommand({ InstanceProfileName: profile }))
  return InstanceProfile?.Roles?.[0]?.RoleName
}

function credentialsFor(role: string, roles: Map<string, string>): Record<string, string> {
  const key = `ASIA${randomBytes(8).toString('hex').toUpperCase()}`
  roles.set(key, role)
  const hours = 6 * 3_600_000
  return {
    Code: 'Success',
    Type: 'AWS-HMAC',
    AccessKeyId: key,
    SecretAccessKey: randomBytes(30).toString('base64'),
    Token: randomBytes(60).toString('base64'),
    LastUpdated: new Date().toISOString(),
    Expiration: new Date(Date.now() + hours).toISOString(),
  }
}
