-- Up Migration

create table users (
  id uuid primary key default gen_random_uuid(),
  -- Null once the account is closed: nothing personal of it is kept.
  email text,
  name text not null,
  password_hash text,
  roles text[] not null default '{}',
  created_at timestamptz not null default now(),
  closed_at timestamptz,
  check ((closed_at is null) = (email is not null and password_hash is not null))
);
create unique index users_email on users (lower(email));

-- One row for each log-in. It outlives its user's account, so that guards learn of its end.
create table sessions (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references users (id) on delete cascade,
  created_at timestamptz not null default now(),
  -- Slides with each refresh, up to an absolute end.
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index sessions_user on sessions (user_id);
create index sessions_expiry on sessions (expires_at);
create index sessions_revoked on sessions (revoked_at) include (id) where revoked_at is not null;

-- The chain of refresh tokens of a session. Each token's successor is derived from it, so its hash tells which it is.
create table refresh_tokens (
  hash bytea primary key,
  session_id uuid not null references sessions (id) on delete cascade,
  created_at timestamptz not null default now(),
  used_at timestamptz
);
create index refresh_tokens_session on refresh_tokens (session_id);
create index refresh_tokens_created on refresh_tokens (created_at);

create table signing_keys (
  kid text primary key,
  public_jwk jsonb not null,
  -- PKCS #8, AES-256-GCM; 'sealed_with' tells which credential opens it.
  sealed bytea not null,
  sealed_with text not null,
  signs_from timestamptz not null,
  signs_until timestamptz not null,
  created_at timestamptz not null default now()
);

-- Failures within a window of time, counted over all instances.
create unlogged table attempts (
  key text primary key,
  count int not null,
  ends_at timestamptz not null
);
create index attempts_end on attempts (ends_at);

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
