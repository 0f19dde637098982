import type { Finding } from '../../engine/check.ts'

/** From here on somebody should look; at five minutes AWS refuses what is signed. */
const toleratedMs = 60_000

/**
 * How far this computer's clock is from AWS's. Pure.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html#signature-v4-troubleshooting-expired
 */
export function clockFinding(ours: Date, theirs: Date | undefined): Finding {
  if (theirs === undefined) return { ok: true, message: 'the answer had no date to compare with' }
  // The header counts in seconds.
  const skewMs = ours.getTime() - theirs.getTime()
  const seconds = Math.round(Math.abs(skewMs) / 1000)
  if (Math.abs(skewMs) <= toleratedMs) return { ok: true, message: `${seconds} s from that of AWS` }
  return {
    ok: false,
    message: `${seconds} s ${skewMs > 0 ? 'before' : 'behind'} that of AWS, which refuses requests from 5 minutes on`,
    hint: 'Set the clock of this computer, and let it be kept: timedatectl set-ntp true',
  }
}
