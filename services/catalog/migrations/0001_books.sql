-- Up Migration

-- Trusted: the owner of the database may create it.
create extension if not exists pg_trgm;

create table books (
  id uuid primary key default gen_random_uuid(),
  seller_id uuid not null,
  seller_name text not null,
  title text not null,
  author text not null,
  description text not null,
  -- BCP 47, canonical.
  language text not null,
  year int not null,
  -- Minor units.
  price int not null check (price > 0),
  currency text not null,
  -- What can be bought now.
  stock int not null check (stock >= 0),
  condition text not null check (condition in ('new', 'like-new', 'good', 'fair', 'poor')),
  cover jsonb,
  -- Grows with every change: the ETag.
  revision int not null default 1,
  -- Whole milliseconds, so that a cursor made of it names the row exactly.
  created_at timestamptz not null default date_trunc('milliseconds', clock_timestamp()),
  updated_at timestamptz not null default clock_timestamp(),
  -- Off the shelves for good; orders and reservations still speak of it.
  withdrawn_at timestamptz,
  -- Folded by services/catalog/search/fold.ts: without accents and case, whatever the locale of the database.
  title_key text not null collate "C",
  author_key text not null collate "C",
  -- Both, for search with typos; of the same alphabet, so that one index serves.
  name_key text not null collate "C" generated always as (title_key || ' ' || author_key) stored,
  words tsvector not null
) with (fillfactor = 80);

-- None has the stock in it: a sale rewrites no index.
create index books_newest on books (created_at, id) where withdrawn_at is null;
create index books_price on books (price, id) where withdrawn_at is null;
create index books_title on books (title_key, id) where withdrawn_at is null;
create index books_author on books (author_key, id) where withdrawn_at is null;
create index books_year on books (year, id) where withdrawn_at is null;
create index books_seller on books (seller_id, created_at, id) where withdrawn_at is null;
create index books_language on books (language, created_at, id) where withdrawn_at is null;
create index books_words on books using gin (words) where withdrawn_at is null;
create index books_name on books using gin (name_key gin_trgm_ops) where withdrawn_at is null;
create index books_cover on books ((cover ->> 'id')) where withdrawn_at is null and cover is not null;

create table reservations (
  order_id uuid primary key,
  -- Null when the release came first: a tombstone, so that a late reservation is refused.
  buyer_id uuid,
  state text not null check (state in ('held', 'kept', 'sold', 'released', 'expired')),
  expires_at timestamptz check (expires_at is null or state in ('held', 'expired')),
  created_at timestamptz not null default clock_timestamp(),
  changed_at timestamptz not null default clock_timestamp(),
  check (state <> 'held' or expires_at is not null)
);
create index reservations_due on reservations (expires_at) where state = 'held';

-- One row for each book of an order, with what was said of it then: asked again, the answer is the same.
create table reservation_lines (
  order_id uuid not null references reservations,
  book_id uuid not null references books,
  position int not null,
  quantity int not null check (quantity > 0),
  unit_price int not null,
  currency text not null,
  title text not null,
  author text not null,
  seller_id uuid not null,
  seller_name text not null,
  primary key (order_id, book_id)
);
create index reservation_lines_book on reservation_lines (book_id);

-- Every change of a stock. Its sum is the stock; received and corrected are what came in from outside.
create table stock_movements (
  id bigint generated always as identity primary key,
  book_id uuid not null references books,
  delta int not null check (delta <> 0),
  reason text not null check (reason in ('received', 'corrected', 'reserved', 'released', 'expired')),
  order_id uuid references reservations,
  at timestamptz not null default clock_timestamp(),
  check ((order_id is null) = (reason in ('received', 'corrected')))
);
create index stock_movements_book on stock_movements (book_id, id);
-- An order takes a book once and gives it back once, whatever goes wrong above.
create unique index stock_movements_once on stock_movements (order_id, book_id, (delta > 0)) where order_id is not null;

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'stock movements are never changed';
end $$;
create trigger stock_movements_stay before update or delete on stock_movements
  for each row execute function refuse_change();

-- The library must be there before its setting is named below.
select show_trgm('');

-- Those of the words that any book on sale has. A look into the index for each, whatever the planner thinks.
create function words_in_use(candidates text[]) returns setof text
language sql stable set enable_seqscan = off set enable_indexscan = off as $$
  select c from unnest(candidates) c
  where exists (select 1 from books b where b.withdrawn_at is null and b.words @@ quote_literal(c)::tsquery)
$$;

-- Books that a mistyped text may mean: those with the words of `variants` (null for none); where there is none, those whose title and author are like the text. The bar for that is lower than the default of 0.6, which short words with one
-- wrong letter do not reach.
create function similar_books(asked text, variants tsquery, at_most int) returns table (id uuid, score int)
language sql stable set pg_trgm.word_similarity_threshold = '0.45' as $$
  with spelled as (
    select b.id, b.name_key from books b
    where b.withdrawn_at is null and b.words @@ variants
    order by b.created_at desc, b.id desc limit at_most
  ), alike as (
    select b.id, b.name_key from books b
    where b.withdrawn_at is null and asked <% b.name_key and not exists (select 1 from spelled)
  )
  select f.id, (word_similarity(asked, f.name_key) * 10000)::int
  from (select * from spelled union all select * from alike) f
  order by 2 desc, 1 desc limit at_most
$$;

-- What the shop was filled with at its first start.
create table seeds (
  name text primary key,
  at timestamptz not null default clock_timestamp()
);
