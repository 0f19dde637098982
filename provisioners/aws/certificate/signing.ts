import type { AwsBlueprint } from '../../blueprints/aws.ts'
import { packHandover } from '../../certificates/kept/handover.ts'
import { apply, type Summary } from '../../engine/apply.ts'
import type { Lease } from '../../engine/lease.ts'
import type { Context } from '../../engine/resource.ts'
import type { Secret } from '../../engine/secret.ts'
import type { Plan } from '../../engine/step.ts'
import { handoverSecret } from '../../host/site/certificate/secret-file.ts'
import type { Site } from '../../site.ts'
import { certificateAddress } from './certificate.ts'
import { ParameterStore } from './parameter-store.ts'

/** What stands on nothing and carries nothing may be done beside all else. */
export function apart({ steps, followers }: Plan): { certificate: Plan; rest: Plan } {
  const isCertificate = ({ address }: { address: string }) => address === certificateAddress
  return {
    certificate: { steps: steps.filter(isCertificate), followers: [] },
    rest: { steps: steps.filter((step) => !isCertificate(step)), followers },
  }
}

/** Begins with the certificate, if there is a step for it. Never rejects. */
export async function sign(
  plan: Plan,
  { resources }: AwsBlueprint,
  lease: Lease,
  ctx: Context,
): Promise<Summary | undefined> {
  if (plan.steps.length === 0) return undefined
  return apply(plan, resources, ctx, { beforeChange: () => lease.check() })
}

/**
 * What the machine begins with: the account, the certificate, and until when the authority is not to be asked. Without a
 * certificate the machine asks for one itself, as any other machine, when everything else is done there.
 */
export async function handoverFor(
  site: Site,
  { certificate, parameters }: AwsBlueprint,
  ctx: Context,
): Promise<ReadonlyMap<string, Secret>> {
  if (!certificate) return new Map()
  const packed = await packHandover(await ParameterStore.open(parameters, ctx), site.certificates.directory)
  return new Map(packed ? [[handoverSecret, packed]] : [])
}

/** @throws What it was interrupted by. */
export function tellFailure(summary: Summary | undefined, ctx: Context): void {
  ctx.signal.throwIfAborted()
  for (const { error } of summary?.failed ?? []) {
    const message = `The certificate was not issued while the machine was made; the machine tries it itself. ${error.message}`
    ctx.emit({ type: 'note', level: 'warning', message, ...(error.hint === undefined ? {} : { hint: error.hint }) })
  }
}
