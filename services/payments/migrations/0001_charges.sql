-- Up Migration

create table charges (
  key text primary key,
  id uuid not null unique,
  amount bigint not null check (amount >= 0),
  currency text not null,
  token text not null,
  reference text not null,
  status text not null check (status in ('succeeded', 'declined', 'refunded')),
  reason text,
  -- Whole milliseconds, so that a cursor made of it names the row exactly.
  created_at timestamptz not null default date_trunc('milliseconds', clock_timestamp()),
  refunded_at timestamptz
);
create index charges_reference on charges (reference);
create index charges_order on charges (created_at, id);

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
