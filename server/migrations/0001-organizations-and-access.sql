-- Organizations, who belongs to them, and how they prove it. Roles flow_api and flow_engine exist before this runs (src/db/migrate.ts).
-- Every policy compares organization_id with the setting directly: unset, it raises 42704 or 22P02, so a forgotten door fails closed.

create table organizations (
  id             uuid primary key,
  name           text not null check (length(name) between 1 and 255),
  tier           text not null default 'enterprise' check (tier in ('free', 'growth', 'enterprise')),
  is_active      boolean not null default true,
  is_system      boolean not null default false,            -- the platform's own chores: no users, no limit, listed nowhere
  weight         smallint not null default 1 check (weight between 1 and 100), -- share of a claim among organizations with ready work
  max_concurrent integer check (max_concurrent > 0),        -- executions at once; null: no limit, no slots
  settings       jsonb not null default '{}',
  created_at     timestamptz(3) not null default now(),
  updated_at     timestamptz(3) not null default now()
);
create unique index organizations_name on organizations (name);

create table users (
  organization_id uuid not null references organizations (id),
  id              uuid not null,
  email           text not null check (length(email) between 3 and 320),
  first_name      text not null default '',
  last_name       text not null default '',
  role            text not null check (role in ('org_admin', 'backoffice', 'app_user', 'worker', 'publisher', 'integration')),
  status          text not null default 'active' check (status in ('pending', 'active', 'inactive')),
  password_hash   text,                                     -- argon2id, encoded; null: no password sign-in
  settings        jsonb not null default '{}',
  modified_by     text not null default 'system',
  created_at      timestamptz(3) not null default now(),
  updated_at      timestamptz(3) not null default now(),
  deleted_at      timestamptz(3),
  primary key (organization_id, id)
);
-- One person, one account: sign-in knows an address before it knows an organization. On the lint's list of exceptions (src/db/catalogue-lint.ts).
create unique index users_email on users (lower(email)) where deleted_at is null;

create table sessions (
  organization_id uuid not null,
  id              uuid not null,
  user_id         uuid not null,
  aal             text not null default 'aal1' check (aal in ('aal1', 'aal2')),
  amr             jsonb not null,                           -- [{method, timestamp}], as GoTrue's claim
  created_at      timestamptz(3) not null default now(),
  ended_at        timestamptz(3),
  primary key (organization_id, id),
  foreign key (organization_id, user_id) references users (organization_id, id)
);
create index sessions_user on sessions (organization_id, user_id) where ended_at is null;

-- A refresh token is used once; its use makes the next. One used twice (outside a short grace) ends its session: it was stolen.
create table refresh_tokens (
  organization_id uuid not null,
  id              uuid not null,
  session_id      uuid not null,
  token_hash      bytea not null,                           -- SHA-256
  created_at      timestamptz(3) not null default now(),
  used_at         timestamptz(3),
  replaced_by     uuid,
  primary key (organization_id, id),
  foreign key (organization_id, session_id) references sessions (organization_id, id)
);
create unique index refresh_tokens_hash on refresh_tokens (token_hash);   -- looked up before the organization is known
create index refresh_tokens_session on refresh_tokens (organization_id, session_id);

create table service_accounts (
  organization_id uuid not null references organizations (id),
  id              uuid not null,
  name            text not null check (length(name) between 1 and 255),
  description     text,
  status          text not null default 'active' check (status in ('active', 'inactive')),
  role            text not null default 'integration' check (role in ('integration', 'org_admin')),
  modified_by     text not null default 'system',
  created_at      timestamptz(3) not null default now(),
  updated_at      timestamptz(3) not null default now(),
  primary key (organization_id, id)
);

create table api_keys (
  organization_id    uuid not null,
  id                 uuid not null,
  service_account_id uuid,
  user_id            uuid,
  name               text not null,
  description        text,
  token_hash         bytea,                                 -- SHA-256 of the whole token; wiped when the key is deleted
  token_prefix       text not null check (length(token_prefix) <= 40),
  deleted            boolean not null default false,
  last_used_at       timestamptz(3),
  modified_by        text not null default 'system',
  created_at         timestamptz(3) not null default now(),
  updated_at         timestamptz(3) not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, service_account_id) references service_accounts (organization_id, id) on delete cascade,
  foreign key (organization_id, user_id) references users (organization_id, id),
  check ((service_account_id is null) <> (user_id is null)),
  check (deleted or token_hash is not null)
);
create unique index api_keys_hash on api_keys (token_hash) where not deleted;   -- looked up before the organization is known
create index api_keys_account on api_keys (organization_id, service_account_id, id) where not deleted;

-- The platform's own secrets (token signing, URL signing), sealed by FLOW_ENCRYPTION_KEY. No organization; the engine's role alone reads it.
create table platform_keys (
  name       text primary key,
  sealed     bytea not null,
  created_at timestamptz(3) not null default now()
);

do $$
declare t text;
begin
  foreach t in array array['users', 'sessions', 'refresh_tokens', 'service_accounts', 'api_keys'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy engine on %I to flow_engine using (true) with check (true)', t);
    execute format('create policy tenant on %I to flow_api using (organization_id = current_setting(''flow.organization'')::uuid) with check (organization_id = current_setting(''flow.organization'')::uuid)', t);
    execute format('grant select, insert, update, delete on %I to flow_engine', t);
  end loop;
  foreach t in array array['organizations', 'platform_keys'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy engine on %I to flow_engine using (true) with check (true)', t);
    execute format('grant select, insert, update on %I to flow_engine', t);
  end loop;
end $$;
create policy tenant on organizations to flow_api using (id = current_setting('flow.organization')::uuid);
grant select on organizations, users to flow_api;
grant select, insert, update, delete on service_accounts to flow_api;
grant select, insert, update on api_keys to flow_api;
