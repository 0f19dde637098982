import { type Queryable, statement } from '../../kit/database.ts'
import type { SuggestionQuery } from '../search/suggestion-query.ts'
import { waysIn } from '../search/suggestion-ways.ts'

export type Suggestion =
  | { kind: 'book'; text: string; id: string; author: string }
  /** Of one or more books. */
  | { kind: 'author'; text: string }

interface Row {
  kind: Suggestion['kind']
  text: string
  id: string | null
  author: string | null
}

/** How like a text a title or a name must be that has none of its words; the bar of `alike_books` as well. */
const likeEnough = 0.45

/** Does the column of this weight (a: title, b: author) match by itself? */
const hit = (weight: 'a' | 'b', key: string) =>
  `case when q.query is null then word_similarity($1, ${key}) >= ${likeEnough}
     else ts_filter(b.words, '{${weight}}') @@ q.query end`

/**
 * A title or a name that begins with the text comes first, then one that matches elsewhere, then a book that matches by both
 * together, then the books of an author; authors and books take turns. The same book is named once, whoever sells it.
 */
const suggest = statement(
  'suggest',
  `with recursive ${waysIn}, found as materialized (
    select b.id, b.title, b.author, b.title_key, b.author_key, b.stock, b.created_at,
      ${hit('a', 'b.title_key')} as by_title, ${hit('b', 'b.author_key')} as by_author,
      word_similarity($1, b.name_key) as likeness
    from (select id from typed union all select id from corrected union all select id from alike) f
    join books b using (id) cross join asked q
  ), titles as (
    select distinct on (title_key, author_key) 'book' as kind, title as text, id, author, likeness, stock > 0 as plenty,
      case when by_title then 2 + starts_with(title_key, $1)::int when by_author then 0 else 1 end as score
    from found order by title_key, author_key, stock > 0 desc, created_at desc, id
  ), authors as (
    select 'author' as kind, mode() within group (order by author) as text, null::uuid, null, max(likeness), true,
      2 + starts_with(author_key, $1)::int
    from found where by_author group by author_key
  ), placed as (
    select *, row_number() over (partition by kind order by score desc, plenty desc, likeness desc, text, id) as place
    from (select * from titles union all select * from authors) u
  )
  select kind, text, id, author from placed order by score desc, place, kind limit $6`,
)

const toSuggestion = ({ kind, text, id, author }: Row): Suggestion =>
  kind === 'author' ? { kind, text } : { kind, text, id: id ?? '', author: author ?? '' }

/** At most `limit` books and authors for what was typed so far, the likeliest first. */
export async function findSuggestions(db: Queryable, query: SuggestionQuery, limit: number): Promise<Suggestion[]> {
  const { text, words, spellings, places, last } = query
  return (await db.rows<Row>(suggest, [text, words, spellings, places, last, limit])).map(toSuggestion)
}
