import type { LinkQuery } from '../app/links.ts'
import { useView } from './view.ts'

/** On to the rest of a list; nothing where there is none. `query.cursor` is where it goes on. */
export function More({
  path,
  query,
  text,
}: {
  path: string
  query: LinkQuery & { cursor: string | undefined }
  text: string
}) {
  const { t, to } = useView()
  if (query.cursor === undefined) return null
  return (
    <nav class="pages" aria-label={t.browse.pages}>
      <a class="button quiet" href={to(path, query)}>
        {text}
      </a>
    </nav>
  )
}
