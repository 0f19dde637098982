/** Books that are weighed at most on each way: of a common word some. */
const mostWeighed = 100

/** Titles and authors that begin with the text; more than anybody is shown. */
const mostBegun = 24

/** Of the newest books it is seen how common the words are: those of one in twenty are not looked up in all books. */
const newest = 500
const common = 24
const mostGlanced = 48

const onSale = 'b.withdrawn_at is null and b.on_sale'
/** Above every key that begins with the text: keys are compared by their code points. */
const beginsIn = (key: string) => `${key} < $1 || chr(1114111)`

/** One book for each author, from name to name through their index: an author of thousands costs as much as any. */
const begunAuthors = `
  begun_authors (id, author_key, nth) as (
    (select b.id, b.author_key, 1 from books b where ${onSale} and b.author_key >= $1 and ${beginsIn('b.author_key')}
      order by b.author_key, b.id limit 1)
    union all
    select n.id, n.author_key, a.nth + 1 from begun_authors a cross join lateral (
      select b.id, b.author_key from books b
      where ${onSale} and b.author_key > a.author_key and ${beginsIn('b.author_key')}
      order by b.author_key, b.id limit 1) n
    where a.nth < ${mostBegun}
  )`

/**
 * The books that suggestions are made of, for `with recursive`: three ways in, each taken only when those before found
 * nothing. `typed`: the words as typed; `corrected`: as they may have been meant; `alike`: names that look alike.
 * `asked.query` is what a title or an author is then asked for, null on the third way. Every part walks an index and
 * stops at enough, so that a letter with which half of all words begin is as quick as a rare name.
 * $1 the folded text, $2 a tsquery, $3 and $4 spellings and the places of their words, $5 the last word as a beginning.
 */
export const waysIn = `${begunAuthors}, begun_titles as materialized (
    select b.id from books b where ${onSale} and b.title_key >= $1 and ${beginsIn('b.title_key')}
    order by b.title_key, b.id limit ${mostBegun}
  ), glanced as materialized (
    select n.id from (
      select b.id, b.words from books b where ${onSale} order by b.created_at desc, b.id desc limit ${newest}) n
    where ts_filter(n.words, '{a,b}') @@ $2::tsquery limit ${mostGlanced}
  ), named as materialized (
    select n.id from (select where (select count(*) from glanced) < ${common}) rare
    cross join lateral named_books($2::tsquery, ${mostWeighed}) n (id)
  ), typed as materialized (
    select id from begun_authors union select id from begun_titles union select id from glanced union select id from named
  ), known as materialized (
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
