import { BookstoreError, exit } from '../engine/errors.ts'
import { siteUrl } from '../shop/services.ts'
import type { Site } from '../site.ts'
import { backupSite, restoreSite } from '../vm/backups.ts'
import { bringUp, planSite } from '../vm/bring-up.ts'
import { certificateOf, renewCertificates } from '../vm/certificates.ts'
import { vmChecks } from '../vm/doctor.ts'
import { followLogs } from '../vm/logs.ts'
import { deployRelease, listReleases, rollBack, setMaintenance } from '../vm/releases.ts'
import { siteStatus } from '../vm/status.ts'
import { takeDownSite } from '../vm/take-down.ts'
import type { Operator } from './operator.ts'
import type { Target } from './target.ts'

/** The shop on machines that are reached over SSH. */
export function vmTarget(site: Site, operator: Operator): Target {
  return {
    plan: (ctx) => planSite(site, operator, ctx),
    up: (_verb, ctx) => bringUp(site, operator, ctx),
    facts: () => ({ url: siteUrl(site), ca: site.certificates.ca }),
    checks: () => vmChecks(site, operator),
    status: (ctx) => siteStatus(site, operator, ctx),
    logs: (request, ctx, onLine) => followLogs(site, operator, request, ctx, onLine),
    certificate: (ctx) => certificateOf(site, operator, ctx),
    renew: (force, ctx) => renewCertificates(site, operator, force, ctx),
    backup: (file, ctx) => backupSite(site, operator, file, ctx),
    restore: (file, ctx, agree) => restoreSite(site, operator, file, ctx, agree),
    scale: (instances) => Promise.reject(configured('vm', instances)),
    exists: async () => true,
    down: ({ purge }, ctx) => takeDownSite(site, operator, purge, ctx),
    releases: {
      deploy: (ctx) => deployRelease(site, operator, ctx),
      rollback: (id, ctx) => rollBack(site, operator, id, ctx),
      list: (ctx) => listReleases(site, operator, ctx),
      maintenance: (on, ctx) => setMaintenance(site, operator, on, ctx),
    },
  }
}

/** What is kept on a machine comes from the configuration, so that any operator's `up` makes the same of it. */
export function configured(target: 'vm' | 'aws', instances: number): BookstoreError {
  return new BookstoreError('How many processes run on a machine is said in the configuration.', {
    code: 'instances-configured',
    fault: 'user',
    status: exit.configuration,
    hint: `Set ${target}.instances to ${instances} in bookstore.yaml, then run: bookstore up`,
  })
}
