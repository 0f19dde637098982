import { sendPage } from '../app/reply.tsx'
import type { Visit } from '../app/visit.ts'
import { AboutPage } from '../pages/about.tsx'

export async function about(visit: Visit): Promise<void> {
  await sendPage(visit, {
    kind: 'about',
    title: visit.t.about.title,
    canonical: '/about',
    shared: true,
    body: <AboutPage />,
  })
}
