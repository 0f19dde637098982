import { type Directives, unitText } from './text.ts'

export interface TimedTask {
  /** 'bookstore-backup' */
  name: string
  description: string
  /** The agent's command line. */
  argv: readonly string[]
  /** File with its request. */
  request: string
  /** As systemd.time(7) has it: when. */
  calendar: string
  /** As systemd.time(7) has it: how much later at most, always the same on one machine. */
  spread: string
  /** As systemd.time(7) has it: how long it may take. */
  limit: string
}

/** Somebody else is at work on the machine: the next time will do. */
const busy = 75

/** A task of the agent's, and the timer that starts it. What was missed while the machine was off is made up for. */
export function timedTask(task: TimedTask): readonly { name: string; text: string }[] {
  const { name, description, argv, request, calendar, spread, limit } = task
  const service: Record<string, Directives> = {
    Unit: { Description: description },
    Service: {
      Type: 'oneshot',
      ExecStart: argv.join(' '),
      StandardInput: `file:${request}`,
      SuccessExitStatus: busy,
      TimeoutStartSec: limit,
    },
  }
  const timer: Record<string, Directives> = {
    Unit: { Description: description },
    Timer: {
      OnCalendar: calendar,
      RandomizedDelaySec: spread,
      FixedRandomDelay: 'true',
      Persistent: 'true',
    },
    Install: { WantedBy: 'timers.target' },
  }
  return [
    { name: `${name}.service`, text: unitText(service) },
    { name: `${name}.timer`, text: unitText(timer) },
  ]
}
