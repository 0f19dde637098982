import type { ComponentChildren } from 'preact'
import { Notice } from './notice.tsx'
import { EmptyShelf } from './spines.tsx'
import { useView } from './view.ts'

export interface EmptyPageProps {
  title: string
  lead: string
  /** Where one goes on from here: a path and its name. */
  next: readonly [path: string, name: string]
  notice?: string | undefined
  /** Between title and lead. */
  children?: ComponentChildren
  level?: 1 | 2
}

/** Says that there is nothing yet, what would be here, and where to begin. */
export function EmptyPage({ title, lead, next: [path, name], notice, children, level = 1 }: EmptyPageProps) {
  const { to } = useView()
  const Heading = `h${level}` as 'h1' | 'h2'
  return (
    <div class="quiet-page">
      <EmptyShelf />
      <Heading>{title}</Heading>
      <Notice text={notice} />
      {children}
      <p class="lead">{lead}</p>
      <a class="button" href={to(path)}>
        {name}
      </a>
    </div>
  )
}
