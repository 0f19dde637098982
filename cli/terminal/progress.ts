import type { Event, StepAction } from '../../provisioners/engine/events.ts'
import type { Row } from './row.ts'

interface Step extends Row {
  startedAt: number | undefined
}

const pastTense: Record<StepAction, string> = {
  create: '',
  update: 'changed',
  replace: 'replaced',
  delete: 'removed',
}

/** What the steps of a run are at right now, kept in the order in which they are shown. No output, no timers. */
export class Progress {
  readonly #steps = new Map<string, Step>()

  /** @returns The step's row when the event ended it. */
  take(event: Event, now: number): Row | undefined {
    if (event.type === 'planned') {
      for (const { address, label } of event.steps) this.#steps.set(address, fresh(label))
      return undefined
    }
    if (!('address' in event)) return undefined
    const step = this.#stepOf(event.address, 'label' in event ? event.label : undefined)
    return step && advance(step, event, now)
  }

  rows(now: number): readonly Row[] {
    return [...this.#steps.values()].map((step) => ({
      ...step,
      durationMs: step.state === 'running' ? now - (step.startedAt ?? now) : step.durationMs,
    }))
  }

  /** Forgets the rows at the front that have ended, and returns them. */
  takeEnded(): readonly Row[] {
    const ended: Row[] = []
    for (const [address, step] of this.#steps) {
      if (step.state === 'pending' || step.state === 'running') break
      ended.push(step)
      this.#steps.delete(address)
    }
    return ended
  }

  forget(): void {
    this.#steps.clear()
  }

  #stepOf(address: string, label: string | undefined): Step | undefined {
    const known = this.#steps.get(address)
    if (known || label === undefined) return known
    const step = fresh(label)
    this.#steps.set(address, step)
    return step
  }
}

function fresh(label: string): Step {
  return { label, state: 'pending', text: '', durationMs: undefined, startedAt: undefined }
}

function advance(step: Step, event: Event, now: number): Row | undefined {
  switch (event.type) {
    case 'step-started':
      Object.assign(step, { state: 'running', startedAt: now })
      return undefined
    case 'step-progress':
      step.text = event.message
      return undefined
    case 'retry':
      step.text = `${event.code}, attempt ${event.attempt + 1} follows`
      return undefined
    case 'step-finished':
      return Object.assign(step, {
        state: 'done',
        text: event.detail ?? pastTense[event.action],
        durationMs: event.durationMs,
      })
    case 'step-failed':
      return Object.assign(step, { state: 'failed', text: failureText(event.code), durationMs: event.durationMs })
    case 'step-skipped':
      return Object.assign(step, { state: 'skipped', text: event.because })
    default:
      return undefined
  }
}

/** The message follows below, whole; a row has room for a word. */
function failureText(code: string): string {
  return code === 'interrupted' ? 'interrupted' : `failed: ${code}`
}
