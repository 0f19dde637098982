import { announce, fetchPage, replaceFrom } from './page.ts'

const pauseMs = 220

/** On the shelves' page: results follow the typing and the filters, and so does the address. */
export function searchAsYouType(): void {
  const form = document.querySelector<HTMLFormElement>('form[data-enhance=filters]')
  const search = document.querySelector<HTMLInputElement>('.search input[name=q]')
  if (!form || !search) return
  let timer = 0
  let running = new AbortController()

  const addressOf = () => {
    const query = new URLSearchParams()
    if (search.value.trim()) query.set('q', search.value.trim())
    for (const [name, value] of new FormData(form)) if (name !== 'q' && value !== '') query.set(name, String(value))
    return `${form.action}?${query}`
  }
  /** True when what is shown is what was asked for. */
  const refresh = async (): Promise<boolean> => {
    running.abort()
    running = new AbortController()
    const url = addressOf()
    const answer = await fetchPage(url, { signal: running.signal }).catch(() => undefined)
    if (!answer || !replaceFrom(answer.page, 'results')) return false
    const [title, heading] = [answer.page.title, answer.page.querySelector('h1')]
    document.title = title
    document.querySelector('h1')?.replaceChildren(...(heading?.childNodes ?? []))
    history.replaceState(null, '', url)
    return true
  }
  const say = () => announce(document.querySelector('#results h2, .results-count')?.textContent ?? '')
  const soon = (after: () => void) => () => {
    clearTimeout(timer)
    timer = window.setTimeout(async () => (await refresh()) && after(), pauseMs)
  }
  // While one types the suggestions speak; what the filters leave is said by nobody else.
  search.addEventListener(
    'input',
    soon(() => {}),
  )
  form.addEventListener('input', soon(say))
  // The results are there already, with the filters that a new search would lose.
  search.form?.addEventListener('submit', (event) => {
    event.preventDefault()
    clearTimeout(timer)
    refresh().then((found) => (found ? say() : search.form?.submit()))
  })
}
