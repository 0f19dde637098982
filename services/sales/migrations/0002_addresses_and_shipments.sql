-- Up Migration

-- A buyer's address book.
create table addresses (
  id uuid primary key,
  owner_id uuid not null,
  address jsonb not null,
  is_default boolean not null default false,
  created_at timestamptz not null default clock_timestamp()
);
create index addresses_of_owner on addresses (owner_id, created_at desc, id desc);
-- Writers take turns by owner; should one not, the database itself lets no second default through.
create unique index addresses_one_default on addresses (owner_id) where is_default;

-- A seller's part of a paid order. An order that is cancelled loses its parts: there is nothing left to hand over.
create table shipments (
  order_id uuid not null references orders,
  seller_id uuid not null,
  -- Whole milliseconds, both, so that a cursor made of them names the row exactly.
  paid_at timestamptz not null default date_trunc('milliseconds', clock_timestamp()),
  -- When it was handed to the courier; null until then.
  shipped_at timestamptz,
  primary key (order_id, seller_id)
);
create index shipments_to_ship on shipments (seller_id, paid_at, order_id) where shipped_at is null;
create index shipments_shipped on shipments (seller_id, shipped_at desc, order_id desc) where shipped_at is not null;

insert into shipments (order_id, seller_id, paid_at, shipped_at)
select o.id, l.seller_id,
  date_trunc('milliseconds', coalesce(min(e.at) filter (where e.event = 'paid'), o.changed_at)),
  case when o.status <> 'paid'
    then date_trunc('milliseconds', coalesce(min(e.at) filter (where e.event = 'shipped'), o.changed_at)) end
from orders o
join order_lines l on l.order_id = o.id and l.seller_id is not null
left join order_events e on e.order_id = o.id
where o.status in ('paid', 'shipped', 'delivered')
group by o.id, l.seller_id;
