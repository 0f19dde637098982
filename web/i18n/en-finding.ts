import type { Messages } from './es.ts'

export const suggest: Messages['suggest'] = {
  label: 'Suggestions',
  author: 'Author',
  count: (count) => (count === 1 ? '1 suggestion' : `${count || 'No'} suggestions`),
}

export const seen: Messages['seen'] = {
  title: 'Seen lately',
  forget: 'Forget this list',
}

export const feed: Messages['feed'] = {
  title: (shop) => `${shop}: just arrived`,
  link: 'New arrivals in Atom',
}
