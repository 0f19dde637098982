import { SearchForm } from '../components/header.tsx'
import { NumberedShelf } from '../components/spines.tsx'
import { useView } from '../components/view.ts'
import type { Messages } from '../i18n/messages.ts'

/** Title and explanation of each status that a visitor can meet. */
export function errorTexts({ errors }: Messages, status: number): { title: string; lead: string } {
  if (status === 404 || status === 410) return { title: errors.notFound, lead: errors.notFoundLead }
  if (status === 403) return { title: errors.forbidden, lead: errors.forbiddenLead }
  if (status === 413) return { title: errors.tooLarge, lead: errors.tooLargeLead }
  if (status === 429) return { title: errors.tooMany, lead: errors.tooManyLead }
  if (status === 503) return { title: errors.unavailable, lead: errors.unavailableLead }
  if (status >= 500) return { title: errors.broken, lead: errors.brokenLead }
  return { title: errors.badRequest, lead: errors.badRequestLead }
}

export function ErrorPage({ status, reference }: { status: number; reference: string }) {
  const { t, to, path } = useView()
  const { title, lead } = errorTexts(t, status)
  return (
    <section class="quiet-page error-page">
      <NumberedShelf number={status} />
      <h1>{title}</h1>
      <p class="lead">{lead}</p>
      {status === 404 && <SearchForm id="search-again" />}
      <p class="actions">
        {status >= 500 ? (
          <a class="button" href={to(path)}>
            {t.errors.again}
          </a>
        ) : (
          <a class="button" href={to('/books')}>
            {t.cart.toBooks}
          </a>
        )}
        <a class="button quiet" href={to('/')}>
          {t.errors.toHome}
        </a>
      </p>
      {status >= 500 && (
        <p class="reference">
          {t.errors.reference}: <code>{reference}</code>
        </p>
      )}
    </section>
  )
}
