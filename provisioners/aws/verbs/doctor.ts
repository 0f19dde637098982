import { checkCaaFor } from '../../certificates/acme/caa.ts'
import { readDirectory } from '../../certificates/acme/directory.ts'
import { authorityName } from '../../certificates/acme/errors.ts'
import { createProvider } from '../../dns/create-provider.ts'
import { checkDelegation } from '../../dns/delegated.ts'
import type { DnsView } from '../../dns/query/view.ts'
import { dnsSecretsFrom } from '../../dns/settings.ts'
import type { Check, Finding } from '../../engine/check.ts'
import { BookstoreError } from '../../engine/errors.ts'
import type { Context } from '../../engine/resource.ts'
import type { Site } from '../../site.ts'
import type { Operator } from '../../targets/operator.ts'
import { certificateSpec } from '../../vm/certificates.ts'
import { clockFinding } from '../account/clock.ts'
import { limitsFinding } from '../account/issued.ts'
import { quotaChecks } from '../account/quota-checks.ts'
import { quotaCalls } from '../account/quotas.ts'
import { remainsCalls, remainsFinding } from '../account/remains.ts'
import { operatorsFinding, sshFinding } from '../account/ssh.ts'
import { accountView, ownOf } from '../account/view.ts'
import { type Aws, connectAws, type Operation } from '../clients.ts'
import { findImage, imageCalls } from '../image/find-image.ts'
import { defaultNetwork, zonesOffering } from '../network/network.ts'
import { costsOf } from './costs.ts'

/** What the checks ask of AWS, the zone at Route 53 aside. */
export const doctorCalls: readonly Operation[] = [
  'sts:GetCallerIdentity',
  'ec2:DescribeInstanceTypeOfferings',
  'ec2:DescribeInstanceTypes',
  'ec2:DescribeVpcs',
  ...imageCalls,
  ...quotaCalls,
  ...remainsCalls,
]

/** A check is one or two calls; what takes longer will not come. */
const patienceMs = 30_000

/**
 * What must hold in the account, and around it, before a shop can stand there. All at once, reads only, and a number of
 * calls that does not grow with what stands in the account (a page of a list holds a hundred things at least).
 *
 * @param dnsView How the DNS is looked at; the world's own way by default.
 */
export function awsChecks(site: Site, operator: Operator, dnsView: DnsView = {}): readonly Check[] {
  const { environment } = operator
  const { aws: settings } = site
  if (!settings) return []
  const { instanceType, image, architecture, region, operators } = settings
  const aws = connectAws({ region, environment })
  const view = accountView(aws, instanceType)
  return [
    check('AWS account', async (ctx) => {
      const { account } = await view.identity(ctx)
      return `${account} in ${region}${aws.endpoint === undefined ? '' : `, at ${aws.endpoint}`}`
    }),
    check('clock of AWS', async (ctx) => {
      // Read right after the answer; whoever asked first has waited for it as well.
      const answered = view.identity(ctx).then(({ serverDate, at }) => clockFinding(at, serverDate))
      return answered.catch((error: unknown) => skewIn(error, ctx))
    }),
    check('instance type', async (ctx) => {
      const [zones, type] = await Promise.all([zonesOffering(aws, instanceType, ctx), view.type(ctx)])
      const runs = type?.ProcessorInfo?.SupportedArchitectures ?? []
      if (runs.length > 0 && !runs.includes(architecture === 'x64' ? 'x86_64' : 'arm64')) {
        const hint = 'Change aws.architecture or aws.instanceType, so that they fit.'
        return {
          ok: false,
          message: `${instanceType} is ${runs.join(', ')}, and the image is for ${architecture}`,
          hint,
        }
      }
      return `${instanceType} in ${zones.join(', ')}`
    }),
    check('image', async (ctx) => {
      const { id } = await findImage(aws, image, architecture, ctx)
      return id === image ? id : `${image} is ${id}`
    }),
    check('network', async (ctx) => {
      if (settings.vpc === 'dedicated') return 'one of its own'
      return `the default one, ${await defaultNetwork(aws).vpcId(ctx)}`
    }),
    ...quotaChecks(site.name, settings, aws, view).map(({ name, look }) => check(name, look)),
    check('SSH', async (ctx) => {
      const { machine, address } = await ownOf(site.name, view, ctx)
      if (machine?.state !== 'running' || address?.PublicIp === undefined) return operatorsFinding(operators)
      return sshFinding(address.PublicIp, operators, ctx.signal)
    }),
    ...zoneChecks(site, operator, dnsView),
    check('limits of the authority', async (ctx) => {
      const { machine } = await ownOf(site.name, view, ctx)
      return limitsFinding(site, machine !== undefined, ctx.clock.now())
    }),
    check('price', async () => priceOf(site, aws)),
    check('what is left of others', (ctx) => remainsFinding(aws, view, site.name, ctx)),
  ]
}

/** Whether the world finds the zone, and whether the authority may and can be asked to sign. */
function zoneChecks(site: Site, { environment }: Operator, dnsView: DnsView): readonly Check[] {
  const names = [site.domain, ...site.aliases]
  return [
    check(
      'zone',
      async (ctx) => {
        const provider = await createProvider(site.dns, dnsSecretsFrom(site.dns.provider, environment), dnsView)
        const { zone, servers } = await checkDelegation(site.domain, provider, dnsView, ctx)
        return `${zone} is delegated to ${servers.join(', ')}`
      },
      `Ask from the root on: dig +trace NS ${site.domain}`,
    ),
    check('CAA', async (ctx) => {
      const { directory, ca } = (await certificateSpec(site)).authority
      const authority = { directory, ...(ca === undefined ? {} : { ca }) }
      const identities = (await readDirectory(authority, ctx)).meta?.caaIdentities ?? []
      const sets = await checkCaaFor({ identities, account: undefined }, authority, names, dnsView, ctx)
      return `${authorityName(authority)} answers, and ${sets === 0 ? 'no CAA record forbids it' : 'CAA records name it'}`
    }),
  ]
}

/** A clock that is far off is heard of by a refusal, whose answer has a date like any other. */
function skewIn(error: unknown, { clock }: Context): Finding {
  const response = (error as { cause?: { $response?: { headers?: Record<string, string> } } }).cause?.$response
  const date = response?.headers?.date
  if (date === undefined) throw error
  return clockFinding(clock.now(), new Date(date))
}

async function priceOf(site: Site, { region }: Aws): Promise<string> {
  const { monthly, asOf } = await costsOf(site)
  if (monthly !== undefined) return `US$ ${monthly.toFixed(2)} a month, by prices of ${asOf}`
  const what = asOf === undefined ? region : `${site.aws?.instanceType} in ${region}`
  return `not known for ${what}; npm run prices ${region} adds it`
}

/** What `look` finds within its time; an error of ours is a finding with its hint, or the remedy. */
function check(name: string, look: Look, remedy = 'Mend that, then run again: bookstore doctor'): Check {
  return { name, run: (ctx) => findingOf(look, remedy, ctx) }
}

type Look = (ctx: Context) => Promise<string | Finding>

async function findingOf(look: Look, remedy: string, ctx: Context): Promise<Finding> {
  const late = AbortSignal.timeout(patienceMs)
  try {
    const found = await look({ ...ctx, signal: AbortSignal.any([ctx.signal, late]) })
    return typeof found === 'string' ? { ok: true, message: found } : found
  } catch (error) {
    ctx.signal.throwIfAborted()
    if (late.aborted)
      return { ok: false, message: `no answer within ${patienceMs / 1000} s`, hint: 'Is this computer online?' }
    if (!(error instanceof BookstoreError)) throw error
    return { ok: false, message: error.message, hint: error.hint ?? remedy }
  }
}
