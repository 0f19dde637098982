import { locate } from '../aws/machine/access.ts'
import { costsOf } from '../aws/verbs/costs.ts'
import { awsChecks } from '../aws/verbs/doctor.ts'
import { takeDownAws } from '../aws/verbs/down.ts'
import { planAws } from '../aws/verbs/plan.ts'
import { policyOf } from '../aws/verbs/policy.ts'
import { withBlueprint } from '../aws/verbs/session.ts'
import { bringUpAws } from '../aws/verbs/up.ts'
import type { AwsBlueprint } from '../blueprints/aws.ts'
import { computerChecks } from '../engine/checks.ts'
import { planDestroy } from '../engine/plan.ts'
import type { Context } from '../engine/resource.ts'
import { siteUrl } from '../shop/services.ts'
import type { Site } from '../site.ts'
import type { Operator } from './operator.ts'
import type { Target } from './target.ts'
import { configured, vmTarget } from './vm.ts'

/** The shop on a machine that is made at AWS. On the machine itself everything is as on any other. */
export function awsTarget(site: Site, operator: Operator): Target {
  const at = <T>(ctx: Context, work: (blueprint: AwsBlueprint) => Promise<T>) =>
    withBlueprint(site, operator, ctx, work)
  /** What is there on a machine of one's own, once it is known where ours is. */
  const machine = async (ctx: Context): Promise<Target> => {
    site.vm ??= await at(ctx, (blueprint) => locate(site, blueprint, ctx))
    return vmTarget(site, operator)
  }
  const releases = async (ctx: Context) => {
    const { releases: found } = await machine(ctx)
    if (!found) throw new Error('machines have releases')
    return found
  }
  return {
    plan: (ctx) => at(ctx, (blueprint) => planAws(site, operator, blueprint, ctx)),
    up: (verb, ctx) => at(ctx, (blueprint) => bringUpAws(site, operator, blueprint, verb, ctx)),
    facts: () => ({ url: siteUrl(site), ca: site.certificates.ca }),
    checks: () => [...computerChecks(site), ...awsChecks(site, operator)],
    status: async (ctx) => (await machine(ctx)).status(ctx),
    logs: async (request, ctx, onLine) => (await machine(ctx)).logs(request, ctx, onLine),
    certificate: async (ctx) => (await machine(ctx)).certificate(ctx),
    renew: async (force, ctx) => (await machine(ctx)).renew(force, ctx),
    backup: async (file, ctx) => (await machine(ctx)).backup(file, ctx),
    restore: async (file, ctx, agree) => (await machine(ctx)).restore(file, ctx, agree),
    scale: (instances) => Promise.reject(configured('aws', instances)),
    exists: (ctx) => at(ctx, (blueprint) => isThere(blueprint, ctx)),
    down: ({ purge }, ctx) => at(ctx, (blueprint) => takeDownAws(site, operator, blueprint, purge, ctx)),
    locate: async (ctx) => void (await machine(ctx)),
    cloud: {
      policy: (verb, ctx) => policyOf(site, operator, verb, ctx),
      costs: () => costsOf(site),
    },
    releases: {
      deploy: async (ctx) => (await releases(ctx)).deploy(ctx),
      rollback: async (id, ctx) => (await releases(ctx)).rollback(id, ctx),
      list: async (ctx) => (await releases(ctx)).list(ctx),
      maintenance: async (on, ctx) => (await releases(ctx)).maintenance(on, ctx),
    },
  }
}

/** Parameters go last of all: where a `down` was stopped before that, they alone are left. */
async function isThere({ resources, parameters }: AwsBlueprint, ctx: Context): Promise<boolean> {
  const { steps } = await planDestroy(resources, ctx)
  return steps.length > 0 || (await parameters.all(ctx)).length > 0
}
