import { z } from 'zod'

export const nginxSiteSchema = z.strictObject({
  domain: z.string().min(1),
  /** Answered with a redirect to the domain. */
  aliases: z.array(z.string()),
  /** First segments of the pages' paths: 'es', 'en'. */
  languages: z.array(z.string()).min(1),
  shop: z.strictObject({ name: z.string(), accent: z.string() }),
  /** Tells browsers that they may know beforehand that this domain is for HTTPS only (hstspreload.org). Takes months to undo. */
  hstsPreload: z.boolean().default(false),
})

export type NginxSite = z.output<typeof nginxSiteSchema>
