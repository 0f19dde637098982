-- Up Migration

-- An account that somebody tries to close orders and sells nothing new; each attempt has a hold of its own.
create table account_holds (
  user_id uuid not null,
  hold uuid not null,
  -- When it ends by itself.
  expires_at timestamptz not null,
  primary key (user_id, hold)
);
create index account_holds_expiry on account_holds (expires_at);

-- Nor does one that is closed, for good. Nothing personal is in it.
create table closed_accounts (
  user_id uuid primary key,
  closed_at timestamptz not null default clock_timestamp()
);

-- What two check-outs saved at once, before an address book said everything once: the default stays, or else the newest.
delete from addresses a using addresses b
where a.owner_id = b.owner_id and a.address = b.address
  and (a.is_default, a.created_at, a.id) < (b.is_default, b.created_at, b.id);
