-- Up Migration

-- False while its seller has paused it: shown to them alone, and not to be bought.
alter table books add column on_sale boolean not null default true;

-- For what is related: the books of a language by their age.
create index books_era on books (language, year, id) where withdrawn_at is null;
-- For suggestions: the words of titles and authors without those of descriptions, which are six times as many.
create index books_name_words on books using gin (ts_filter(words, '{a,b}')) where withdrawn_at is null;

-- As those of 0001, which older processes still call: without an owner through the books on sale, with one through all
-- of theirs. A case, so that no index of sellers is chosen for it.
create function words_in_use(candidates text[], owner uuid) returns setof text
language sql stable set enable_seqscan = off set enable_indexscan = off as $$
  select c from unnest(candidates) c
  where exists (
    select 1 from books b
    where b.withdrawn_at is null and case when owner is null then b.on_sale else b.seller_id = owner end
      and b.words @@ quote_literal(c)::tsquery)
$$;

create function similar_books(asked text, variants tsquery, at_most int, owner uuid) returns table (id uuid, score int)
language sql stable set pg_trgm.word_similarity_threshold = '0.45' as $$
  with spelled as (
    select b.id, b.name_key from books b
    where b.withdrawn_at is null and case when owner is null then b.on_sale else b.seller_id = owner end
      and b.words @@ variants
    order by b.created_at desc, b.id desc limit at_most
  ), alike as (
    select b.id, b.name_key from books b
    where b.withdrawn_at is null and case when owner is null then b.on_sale else b.seller_id = owner end
      and asked <% b.name_key and not exists (select 1 from spelled)
  )
  select f.id, (word_similarity(asked, f.name_key) * 10000)::int
  from (select * from spelled union all select * from alike) f
  order by 2 desc, 1 desc limit at_most
$$;

-- For suggestions, which must not wait: looks into the indexes of names, whatever the planner thinks, that stop at
-- enough. Books on sale whose title and author together have the words of a query.
create function named_books(query tsquery, at_most int) returns setof uuid
language sql stable set enable_seqscan = off set enable_indexscan = off as $$
  select b.id from books b
  where b.withdrawn_at is null and b.on_sale and ts_filter(b.words, '{a,b}') @@ query limit at_most
$$;

-- Those of the words that a title or an author on sale has.
create function names_in_use(candidates text[]) returns setof text
language sql stable set enable_seqscan = off set enable_indexscan = off as $$
  select c from unnest(candidates) c
  where exists (
    select 1 from books b
    where b.withdrawn_at is null and b.on_sale and ts_filter(b.words, '{a,b}') @@ quote_literal(c)::tsquery)
$$;

-- Books on sale whose title and author are like a folded text.
create function alike_books(asked text, at_most int) returns setof uuid
language sql stable set enable_seqscan = off set pg_trgm.word_similarity_threshold = '0.45' as $$
  select b.id from books b where b.withdrawn_at is null and b.on_sale and asked <% b.name_key limit at_most
$$;
