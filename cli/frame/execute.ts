import { type BookstoreError, type ExitStatus, exit } from '../../provisioners/engine/errors.ts'
import { reasonOf } from '../../provisioners/engine/interrupted.ts'
import type { Clock } from '../../provisioners/engine/resource.ts'
import { describeSystemError } from '../../provisioners/engine/system-error.ts'
import type { Site } from '../../provisioners/site.ts'
import { createRenderer } from '../terminal/choose-renderer.ts'
import type { Renderer } from '../terminal/renderer.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { Invocation, Outcome } from '../verb.ts'
import type { Request } from './program.ts'
import { reportError, reportOutcome } from './report.ts'

export interface World {
  terminal: Terminal
  clock: Clock
  signal: AbortSignal
  cwd: string
  /** BOOKSTORE_HOME, when set. */
  home: string | undefined
  environment: Readonly<Record<string, string | undefined>>
  handOver: Invocation['handOver']
}

/** Runs one verb and reports what came of it. Never rejects. */
export async function execute(request: Request, world: World): Promise<ExitStatus> {
  const { terminal, clock, signal } = world
  const name = request.path.join(' ')
  const renderer = await createRenderer(request.options, terminal, clock)
  try {
    const outcome = await runVerb(request, world, renderer)
    renderer.close()
    reportOutcome(outcome, name, request.options, terminal)
    return outcome.status
  } catch (thrown) {
    renderer.close()
    const error = toError(thrown, name, signal)
    if (error.status !== exit.done) await reportError(error, name, request.options, terminal)
    return error.status
  }
}

function runVerb(request: Request, world: World, renderer: Renderer): Promise<Outcome> {
  const { run } = request.verb
  if (!run) throw new Error(`the verb ${request.path.join(' ')} has no run`)
  world.signal.throwIfAborted()
  return run.call(request.verb, invocationOf(request, world, renderer))
}

function invocationOf({ verb, args, options }: Request, world: World, renderer: Renderer): Invocation {
  const { terminal, clock, signal, cwd, home, environment } = world
  const emit: Invocation['emit'] = (event) => renderer.emit(event)
  const interactive = terminal.interactive && !options.json
  let site: Promise<Site> | undefined
  return {
    args,
    options,
    signal,
    clock,
    emit,
    cwd,
    environment,
    handOver: world.handOver,
    get input() {
      return { stream: terminal.input, echo: interactive ? terminal.output : undefined }
    },
    interactive,
    site() {
      site ??= import('../config/load.ts').then(({ loadSite }) =>
        loadSite(options, { cwd, home, emit: verb.explainsSite ? emit : () => {} }),
      )
      return site
    },
    async confirm(question) {
      const { confirm } = await import('../terminal/prompt.ts')
      await confirm(question, { yes: options.yes, interactive, terminal, renderer, signal })
    },
    async ask(question) {
      const { askText } = await import('../terminal/prompt.ts')
      renderer.pause()
      const answer = await askText(question, terminal, signal)
      renderer.resume()
      return answer
    },
    write: (text) => terminal.out(text),
  }
}

/** Whatever a verb throws after an abort is the abort, except an error that says something of its own. */
function toError(thrown: unknown, verb: string, signal: AbortSignal): BookstoreError {
  const error = describeSystemError(thrown, `bookstore ${verb}`)
  return signal.aborted && error.code === 'unexpected' ? reasonOf(signal) : error
}
