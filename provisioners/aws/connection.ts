import { outlast } from '../engine/outlast.ts'
import type { Context } from '../engine/resource.ts'
import { throttlingCodes } from './error-codes.ts'
import { AwsError } from './errors.ts'

/** A service's client and those of its commands that we use. */
interface ServiceModule {
  readonly client: (config: never) => object
  readonly commands: object
}

/** Each service's client is loaded when the first of its calls is made, and never for a verb that makes none. */
export type Loaders = Readonly<Record<string, () => Promise<ServiceModule>>>

type Commands<L extends Loaders, S extends keyof L> = Awaited<ReturnType<L[S]>>['commands']

/** 'ec2:RunInstances': every call that can be made, by its name in the service's API reference. */
export type OperationOf<L extends Loaders> = {
  [S in keyof L & string]: `${S}:${keyof Commands<L, S> & string}`
}[keyof L & string]

type CommandOf<L extends Loaders, O> = O extends `${infer S extends keyof L & string}:${infer N}`
  ? N extends keyof Commands<L, S>
    ? Commands<L, S>[N]
    : never
  : never
export type InputOf<L extends Loaders, O> =
  CommandOf<L, O> extends new (...input: infer A) => unknown ? Extract<A, readonly [unknown]>[0] : never
export type OutputOf<L extends Loaders, O> =
  CommandOf<L, O> extends new (
    input: never,
  ) => { resolveMiddleware(...args: never[]): (args: never) => Promise<infer R> }
    ? R extends { output: infer T }
      ? T
      : never
    : never

export interface Settings {
  region: string
  /** Where credentials and AWS_ENDPOINT_URL come from. */
  environment: Readonly<Record<string, string | undefined>>
}

/** An account in a region. */
export interface Connection<L extends Loaders> {
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
  call<O extends OperationOf<L>>(operation: O, input: InputOf<L, O>, ctx: Context): Promise<OutputOf<L, O>>
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

/** @param sentOnce Creates that are not to be sent again before it was looked whether they took effect. */
export function connect<L extends Loaders>(
  loaders: L,
  sentOnce: ReadonlySet<string>,
  { region, environment }: Settings,
): Connection<L> {
  const clients = new Map<string, Promise<Loaded>>()
  const endpoint = environment.AWS_ENDPOINT_URL || undefined
  const state = { unsettled: 0 }

  function load(service: string): Promise<Loaded> {
    const known = clients.get(service)
    if (known) return known
    const loader = loaders[service] as Loaders[string]
    const loading = loader().then(({ client, commands }) => ({
      client: (client as (config: object) => object)(configuration(region, service, environment)) as Client,
      commands: commands as Loaded['commands'],
    }))
    clients.set(service, loading)
    return loading
  }

  async function send(operation: string, input: unknown, ctx: Context): Promise<unknown> {
    const [service, name] = operation.split(':') as [string, string]
    const { client, commands } = await load(service)
    ctx.signal.throwIfAborted()
    const Command = commands[name] as new (input: unknown) => object
    // What overwrites makes nothing anew.
    const creates = sentOnce.has(operation) && (input as { Overwrite?: boolean }).Overwrite !== true
    const patience = creates ? outlast(ctx.signal, graceMs) : { signal: ctx.signal, end: () => {} }
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
      if (unsettled && sentOnce.has(operation)) state.unsettled -= 1
    },
    get unsettled() {
      return state.unsettled
    },
    async call(operation, input, ctx) {
      for (let attempt = 1; ; attempt++) {
        try {
          return (await send(operation, input, ctx)) as never
        } catch (error) {
          if (!(error instanceof AwsError) || attempt >= attempts || !isRepeated(error, sentOnce)) throw error
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

function isRepeated({ awsCode, operation, unsettled }: AwsError, sentOnce: ReadonlySet<string>): boolean {
  if (throttlingCodes.includes(awsCode)) return true
  return unsettled && !sentOnce.has(operation) && awsCode !== 'ECONNREFUSED' && awsCode !== 'ENOTFOUND'
}

/** As https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html spells them, where it is not our name. */
const endpointNames: Readonly<Record<string, string>> = {
  servicequotas: 'SERVICE_QUOTAS',
  tagging: 'RESOURCE_GROUPS_TAGGING_API',
}

/**
 * The SDK's own repetitions are off: `call` repeats, by exact codes. Without throwOnRequestTimeout a request that takes
 * too long is only warned about.
 */
function configuration(region: string, service: string, environment: Settings['environment']): object {
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
