-- Up Migration

create table orders (
  id uuid primary key,
  -- What people say on the telephone: 'K7Q2-9XWM'.
  number text not null unique,
  buyer_id uuid not null,
  status text not null check (
    status in ('pending', 'reserved', 'paying', 'paid', 'shipped', 'delivered', 'cancelled', 'refunded')
  ),
  currency text not null,
  -- Minor units. Known once the catalog has said what it reserved at which price.
  items_amount bigint check (items_amount >= 0),
  delivery_amount bigint not null check (delivery_amount >= 0),
  provider_id text not null,
  provider_name text not null,
  address jsonb not null,
  -- While it is reserved and not paid: when the books go back, and for how long a reservation lasts.
  expires_at timestamptz,
  hold_seconds int,
  -- Why it was cancelled.
  reason text,
  -- Whole milliseconds, so that a cursor made of it names the row exactly.
  created_at timestamptz not null default date_trunc('milliseconds', clock_timestamp()),
  changed_at timestamptz not null default clock_timestamp(),
  check (status in ('pending', 'cancelled') or items_amount is not null)
);
create index orders_of_buyer on orders (buyer_id, created_at desc, id desc);
create index orders_pending on orders (created_at) where status = 'pending';
create index orders_paying on orders (id) where status = 'paying';
create index orders_reserved on orders (expires_at) where status = 'reserved';

create table order_lines (
  order_id uuid not null references orders,
  position int not null,
  book_id uuid not null,
  quantity int not null check (quantity between 1 and 99),
  -- As the catalog had them when it reserved.
  title text,
  author text,
  seller_id uuid,
  seller_name text,
  unit_amount bigint check (unit_amount >= 0),
  primary key (order_id, position)
);
create index order_lines_of_seller on order_lines (seller_id) where seller_id is not null;

create table order_events (
  id bigint generated always as identity primary key,
  order_id uuid not null references orders,
  at timestamptz not null default clock_timestamp(),
  event text not null,
  detail text
);
create index order_events_of_order on order_events (order_id, id);

create table payments (
  -- Also the Idempotency-Key of its charge.
  id uuid primary key,
  order_id uuid not null references orders,
  method text not null check (method = 'card'),
  -- Forgotten once the outcome is known.
  token text,
  amount bigint not null check (amount >= 0),
  currency text not null,
  status text not null check (status in ('started', 'succeeded', 'declined', 'refunding', 'refunded')),
  reason text,
  created_at timestamptz not null default clock_timestamp(),
  settled_at timestamptz,
  -- When a worker asks next what became of it.
  check_at timestamptz not null,
  checks int not null default 0
);
create index payments_of_order on payments (order_id, created_at);
-- Two tabs pay: the database itself lets only one through.
create unique index payments_one_live on payments (order_id) where status in ('started', 'succeeded');
create index payments_started on payments (check_at) where status = 'started';

create table payment_events (
  id text primary key,
  type text not null,
  received_at timestamptz not null default now()
);
create index payment_events_received on payment_events (received_at);

create table deliveries (
  order_id uuid primary key references orders,
  tracking_code text not null unique,
  status text not null check (status in ('scheduled', 'in-transit', 'delivered', 'stopped')),
  estimated_on date not null,
  next_step_at timestamptz not null,
  created_at timestamptz not null default now()
);
create index deliveries_due on deliveries (next_step_at) where status in ('scheduled', 'in-transit');

create table cart_lines (
  buyer_id uuid not null,
  position int not null,
  book_id uuid not null,
  quantity int not null check (quantity between 1 and 99),
  -- The price when the book came into the cart, to say so when it changes. Null for a book that was gone already.
  added_amount bigint,
  added_currency text,
  primary key (buyer_id, book_id)
);

create table idempotency_keys (
  owner uuid not null,
  key text not null,
  fingerprint text not null,
  point text not null,
  subject uuid,
  status int,
  reply json,
  headers jsonb,
  created_at timestamptz not null default now(),
  primary key (owner, key)
);
create index idempotency_keys_created on idempotency_keys (created_at);

create table outbox (
  id bigint generated always as identity primary key,
  topic text not null,
  subject uuid not null,
  payload jsonb not null,
  request_id text,
  attempts int not null default 0,
  available_at timestamptz not null default now(),
  last_error text,
  created_at timestamptz not null default now()
);
create index outbox_subject on outbox (subject, id);
