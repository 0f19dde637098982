import { type Queryable, statement } from '../../kit/database.ts'
import type { SuggestionQuery } from '../search/suggestion-query.ts'

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

/** Books that are weighed at most: for a letter that starts half of all words, some of them. */
const mostWeighed = 200

/** How like a text a title or a name must be that has none of its words; the bar of `alike_books` as well. */
const likeEnough = 0.45

/**
 * Three ways in, each taken only when those before found nothing: the words as typed; the words as they may have been
 * meant; names that look alike. `query` is what a title or an author is then asked for, null on the third way.
 * $1 the folded text, $2 a tsquery, $3 and $4 spellings and the places of their words, $5 the last word as a beginning.
 */
const waysIn = `
  typed as materialized (select id from named_books($2::tsquery, ${mostWeighed}) id),
  known as materialized (
    select s.place, string_agg(quote_literal(s.spelling), '|') as spellings
    from unnest($3::text[], $4::int[]) s (spelling, place)
    where s.spelling in (select names_in_use($3::text[]) where not exists (select from typed))
    group by s.place
  ), alternatives as materialized (
    select concat_ws('|', k.spellings, case when p.place = max(p.place) over () then $5 end) as text
    from (select distinct unnest($4::int[]) as place) p left join known k using (place)
  ), meant as materialized (
    select case when bool_and(text <> '') then string_agg('(' || text || ')', ' & ')::tsquery end as query
    from alternatives where not exists (select from typed)
  ), corrected as materialized (
    select n.id from meant m cross join lateral named_books(m.query, ${mostWeighed}) n (id) where m.query is not null
  ), alike as materialized (
    select a.id from (select where not exists (select from typed) and not exists (select from corrected)) nothing
    cross join lateral alike_books($1, ${mostWeighed}) a (id)
  ), asked as materialized (
    select case when exists (select from typed) then $2::tsquery when exists (select from corrected) then query end as query
    from meant
  )`

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
  `with ${waysIn}, found as materialized (
    select b.*, ${hit('a', 'b.title_key')} as by_title, ${hit('b', 'b.author_key')} as by_author,
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
