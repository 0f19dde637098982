import { Moment } from '../components/moment.tsx'
import { useView, type View } from '../components/view.ts'
import type { OpenSession } from '../gateway/account.ts'
import { readAgent } from '../session/agent.ts'

/** What the owner of a session calls it. An agent that is no browser we know stands as it is. */
function nameOf({ t }: View, agent: string): string {
  const { browser, system } = readAgent(agent)
  if (browser && system) return t.account.on(browser, system)
  return browser ?? (agent || t.account.unknownBrowser)
}

function Session({ session: { id, agent, createdAt, lastUsedAt, current } }: { session: OpenSession }) {
  const view = useView()
  const { t, to } = view
  const name = nameOf(view, agent)
  return (
    <li>
      <div class="session-text">
        <p class="session-name">{name}</p>
        <p class="hint">
          <Moment at={createdAt} say={t.account.opened} />
          <br />
          <Moment at={lastUsedAt} say={t.account.lastUsed} />
        </p>
      </div>
      {current ? (
        <p class="status">{t.account.thisOne}</p>
      ) : (
        <form method="post" action={to('/account/sessions')}>
          <input type="hidden" name="session" value={id} />
          <button class="button quiet small" type="submit" aria-label={t.account.endOf(name)}>
            {t.account.end}
          </button>
        </form>
      )}
    </li>
  )
}

/** Where one is logged in, this browser first. */
export function Sessions({ sessions }: { sessions: readonly OpenSession[] }) {
  const { t } = useView()
  const sorted = sessions.toSorted((a, b) => Number(b.current) - Number(a.current))
  return (
    <section aria-labelledby="sessions">
      <h2 id="sessions">{t.account.sessions}</h2>
      <p class="hint">{t.account.sessionsLead}</p>
      <ul class="sessions">
        {sorted.map((session) => (
          <Session key={session.id} session={session} />
        ))}
      </ul>
    </section>
  )
}
