-- Up Migration

-- Null until its owner chooses one.
alter table users add column language text check (language in ('es', 'en'));
-- Grows with each change of the password by its owner, not when the same password is hashed anew: a log-in that was
-- proven with an older password opens nothing.
alter table users add column password_version int not null default 1;

-- User-Agent at log-in; empty when there was none, and once the session has been ended.
alter table sessions add column agent text not null default '';
-- The last refresh, or the log-in.
alter table sessions add column last_used_at timestamptz not null default now();
-- Each refresh moves the end to thirty days from then, or to ninety from the log-in, whichever comes first.
update sessions set last_used_at = greatest(created_at, least(now(), expires_at - interval '30 days'));
