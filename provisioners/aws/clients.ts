import type { Context } from '../engine/resource.ts'
import { throttlingCodes } from './error-codes.ts'
import { AwsError } from './errors.ts'

/** Each service's client is loaded when the first of its calls is made, and never for a verb that makes none. */
const loaders = {
  cloudwatch: () => import('./sdk/cloudwatch.ts'),
  ec2: () => import('./sdk/ec2.ts'),
  iam: () => import('./sdk/iam.ts'),
  s3: () => import('./sdk/s3.ts'),
  servicequotas: () => import('./sdk/servicequotas.ts'),
  sns: () => import('./sdk/sns.ts'),
  ssm: () => import('./sdk/ssm.ts'),
  sts: () => import('./sdk/sts.ts'),
  tagging: () => import('./sdk/tagging.ts'),
} as const

type Service = keyof typeof loaders
type Commands<S extends Service> = Awaited<ReturnType<(typeof loaders)[S]>>['commands']

/** 'ec2:RunInstances': every call that we make, by its name in the service's API reference. */
export type Operation = { [S in Service]: `${S}:${keyof Commands<S> & string}` }[Service]

type CommandOf<O extends Operation> = O extends `${infer S extends Service}:${infer N}`
  ? N extends keyof Commands<S>
    ? Commands<S>[N]
    : never
  : never
export type Input<O extends Operation> =
  CommandOf<O> extends new (...input: infer A) => unknown ? Extract<A, readonly [unknown]>[0] : never
export type Output<O extends Operation> =
  CommandOf<O> extends new (
    input: never,
  ) => { resolveMiddleware(...args: never[]): (args: never) => Promise<infer R> }
    ? R extends { output: infer T }
      ? T
      : never
    : never

/**
 * Creates that take no idempotency token: sent once, and after a lost answer it is looked before they are sent again
 * (resource.ts). The lists of actions with tokens and without:
 * https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
 */
const sentOnce: ReadonlySet<Operation> = new Set<Operation>([
  'ec2:AllocateAddress',
  'ec2:CreateInternetGateway',
  'ec2:CreateSecurityGroup',
  'ec2:CreateSubnet',
  'ec2:CreateVpc',
  'ec2:ImportKeyPair',
  'iam:CreateInstanceProfile',
  'iam:CreateRole',
  'ssm:PutParameter',
])

export interface Settings {
  region: string
  /** Where credentials and AWS_ENDPOINT_URL come from. */
  environment: Readonly<Record<string, string | undefined>>
}

/** An account in a region. */
export interface Aws {
  readonly region: string
  /** Set when it is not AWS itself that is asked. */
  readonly endpoint: string | undefined
  /** How long what was made may not be seen yet. Shorter in tests only. */
  readonly consistencyMs: number
  /**
   * How many creates ended without an answer; whoever goes on after us has to look for what they made. A lease carries
   * this on.
   */
  readonly unsettled: number
  /** It was found out what became of a create whose answer was lost. */
  settle(error: AwsError): void
  /**
   * Milliseconds since the epoch. Somebody stopped here who could not say whether all of their creates were answered:
   * until then it is looked for what they made before anything is created.
   */
  cautiousUntil: number
  /**
   * Makes one call. Throttling is retried, and where a repetition does no harm also server errors and broken connections.
   *
   * @throws AwsError; the signal's reason when it is aborted. A create that is sent once is given `graceMs` to be answered
   *   even then.
   */
  call<O extends Operation>(operation: O, input: Input<O>, ctx: Context): Promise<Output<O>>
  close(): void
}

/** https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html */
const consistencyMs = 120_000
/** An interrupted run is to end within two seconds. */
const graceMs = 1_500
const attempts = 6
const firstDelayMs = 300
const longestDelayMs = 15_000

interface Client {
  send(command: object, options: { abortSignal: AbortSignal }): Promise<unknown>
  destroy(): void
}
interface Loaded {
  client: Client
  commands: Readonly<Record<string, new (input: never) => object>>
}

export function connectAws({ region, environment }: Settings): Aws {
  const clients = new Map<Service, Promise<Loaded>>()
  const endpoint = environment.AWS_ENDPOINT_URL || undefined
  const state = { unsettled: 0 }

  function load(service: Service): Promise<Loaded> {
    const known = clients.get(service)
    if (known) return known
    const loading = loaders[service]().then(({ client, commands }) => ({
      client: (client as (config: object) => Client)(configuration(region, service, environment)),
      commands: commands as unknown as Loaded['commands'],
    }))
    clients.set(service, loading)
    return loading
  }

  async function send(operation: Operation, input: unknown, ctx: Context): Promise<unknown> {
    const [service, name] = operation.split(':') as [Service, string]
    const { client, commands } = await load(service)
    ctx.signal.throwIfAborted()
    const Command = commands[name] as new (input: unknown) => object
    const patience = sentOnce.has(operation) ? patient(ctx.signal) : { signal: ctx.signal, end: () => {} }
    try {
      return await client.send(new Command(input), { abortSignal: patience.signal })
    } catch (error) {
      const failure = new AwsError(operation, error, { region, endpoint })
      if (sentOnce.has(operation) && (failure.unsettled || patience.signal.aborted)) state.unsettled += 1
      ctx.signal.throwIfAborted()
      throw failure
    } finally {
      patience.end()
    }
  }

  return {
    region,
    endpoint,
    consistencyMs: Number(environment.BOOKSTORE_AWS_CONSISTENCY_MS ?? consistencyMs),
    cautiousUntil: 0,
    settle({ operation, unsettled }) {
      if (unsettled && sentOnce.has(operation as Operation)) state.unsettled -= 1
    },
    get unsettled() {
      return state.unsettled
    },
    async call(operation, input, ctx) {
      for (let attempt = 1; ; attempt++) {
        try {
          return (await send(operation, input, ctx)) as never
        } catch (error) {
          if (!(error instanceof AwsError) || attempt >= attempts || !isRepeated(error)) throw error
          const delayMs = Math.min(firstDelayMs * 2 ** (attempt - 1), longestDelayMs)
          ctx.emit({ type: 'retry', address: `aws.call/${operation}`, code: error.awsCode, attempt, delayMs })
          await ctx.clock.sleep(delayMs, ctx.signal)
        }
      }
    },
    close() {
      for (const loading of clients.values()) loading.then(({ client }) => client.destroy()).catch(() => {})
    },
  }
}

function isRepeated({ awsCode, operation, unsettled }: AwsError): boolean {
  if (throttlingCodes.includes(awsCode)) return true
  return unsettled && !sentOnce.has(operation as Operation) && awsCode !== 'ECONNREFUSED' && awsCode !== 'ENOTFOUND'
}

/** Aborts some time after the other, so that what has been sent can still be answered. */
function patient(signal: AbortSignal): { signal: AbortSignal; end: () => void } {
  const late = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const begin = () => {
    timer = setTimeout(() => late.abort(signal.reason), graceMs)
  }
  signal.addEventListener('abort', begin, { once: true })
  return {
    signal: late.signal,
    end: () => {
      signal.removeEventListener('abort', begin)
      clearTimeout(timer)
    },
  }
}

/** As https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html spells them, where it is not our name. */
const endpointNames: Partial<Record<Service, string>> = {
  servicequotas: 'SERVICE_QUOTAS',
  tagging: 'RESOURCE_GROUPS_TAGGING_API',
}

/**
 * The SDK's own repetitions are off: `call` repeats, by exact codes. Without throwOnRequestTimeout a request that takes
 * too long is only warned about.
 */
function configuration(region: string, service: Service, environment: Settings['environment']): object {
  const own = endpointNames[service] ?? service.toUpperCase()
  const endpoint = environment[`AWS_ENDPOINT_URL_${own}`] || environment.AWS_ENDPOINT_URL || undefined
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: session } = environment
  const named = environment.AWS_PROFILE === undefined && id && secret
  return {
    region,
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 10_000, requestTimeout: 60_000, throwOnRequestTimeout: true },
    ...(endpoint === undefined ? {} : { endpoint, ...(service === 's3' ? { forcePathStyle: true } : {}) }),
    // As the SDK's own chain begins; what else there is (profiles, single sign-on, roles) it finds by itself.
    ...(named
      ? { credentials: { accessKeyId: id, secretAccessKey: secret, ...(session ? { sessionToken: session } : {}) } }
      : {}),
  }
}
