import { nightlyPrefix, weeklyPrefix } from '../from-machine/names.ts'

/** Days for which backups stay: of each night, and of each week the first one. */
export const kept = { nightly: 14, weekly: 16 * 7 } as const

/** So long a backup can still be had back after its time was over, or after somebody deleted or overwrote it. */
const regretDays = 7

/**
 * How long S3 keeps backups. The machine may not delete there, so that whoever breaks into it cannot take them away either.
 * A versioned bucket only hides what expires; what is hidden goes by a rule of its own.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpu-abort-incomplete-mpu-lifecycle-config.html
 */
export const keepingRules = [
  expires('nightly', nightlyPrefix, kept.nightly),
  expires('weekly', weeklyPrefix, kept.weekly),
  {
    ID: 'leftovers',
    Status: 'Enabled' as const,
    Filter: { Prefix: '' },
    Expiration: { ExpiredObjectDeleteMarker: true },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 },
  },
]

function expires(ID: string, Prefix: string, Days: number) {
  const NoncurrentVersionExpiration = { NoncurrentDays: regretDays }
  return { ID, Status: 'Enabled' as const, Filter: { Prefix }, Expiration: { Days }, NoncurrentVersionExpiration }
}

interface Rule {
  ID?: string | undefined
  Status?: string | undefined
  Filter?: { Prefix?: string | undefined } | undefined
  Prefix?: string | undefined
  Expiration?: { Days?: number | undefined; ExpiredObjectDeleteMarker?: boolean | undefined } | undefined
  NoncurrentVersionExpiration?: { NoncurrentDays?: number | undefined } | undefined
  AbortIncompleteMultipartUpload?: { DaysAfterInitiation?: number | undefined } | undefined
}

/** The fields that are compared, a text a rule. */
export function keepingText(rules: readonly Rule[]): string {
  const texts = rules.map((rule) =>
    [
      rule.Status === 'Enabled' ? rule.ID : `${rule.ID} (off)`,
      `of '${rule.Filter?.Prefix ?? rule.Prefix ?? ''}'`,
      rule.Expiration?.Days && `${rule.Expiration.Days} days`,
      rule.Expiration?.ExpiredObjectDeleteMarker && 'markers',
      rule.NoncurrentVersionExpiration && `hidden ${rule.NoncurrentVersionExpiration.NoncurrentDays} days more`,
      rule.AbortIncompleteMultipartUpload &&
        `what is not whole ${rule.AbortIncompleteMultipartUpload.DaysAfterInitiation} days`,
    ]
      .filter(Boolean)
      .join(' '),
  )
  return texts.toSorted().join('; ')
}
