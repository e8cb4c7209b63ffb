-- Flows, their immutable versions, and the files that runs read and write.

create table flows (
  organization_id uuid not null references organizations (id),
  id              uuid not null,
  display_name    text not null check (length(display_name) between 1 and 255),
  unique_name     text,                                     -- the display name where names must differ (FLOW_UNIQUE_FLOW_NAMES), else null
  description     text check (length(description) <= 5000),
  status          text not null default 'draft' check (status in ('draft', 'published')),
  visibility      text not null default 'organization' check (visibility in ('private', 'organization', 'public')),
  settings        jsonb not null default '{}',
  tags            text[] not null default '{}',
  latest_version  integer not null default 1 check (latest_version > 0),
  run_count       integer not null default 0,               -- last run number given out; counts deleted runs too
  created_by      text not null,                            -- a user's or service account's id
  modified_by     text not null,
  created_at      timestamptz(3) not null default now(),
  updated_at      timestamptz(3) not null default now(),
  deleted_at      timestamptz(3),
  primary key (organization_id, id)
) with (fillfactor = 70);                                   -- run_count changes with each start: room for heap-only updates
create unique index flows_unique_name on flows (organization_id, unique_name) where deleted_at is null;
create index flows_created on flows (organization_id, created_at desc, id desc) where deleted_at is null;
create index flows_updated on flows (organization_id, updated_at desc, id desc) where deleted_at is null;
create index flows_name on flows (organization_id, display_name, id) where deleted_at is null;

create table flow_versions (
  organization_id uuid not null,
  id              uuid not null,
  flow_id         uuid not null,
  version         integer not null check (version > 0),
  definition      json not null,                            -- as sent: json, not jsonb, so that keys keep their order and text its escapes
  source          text,                                     -- the YAML text where the version came as YAML, comments included
  name            text check (length(name) <= 255),
  is_favourite    boolean not null default false,
  modified_by     text not null,
  created_at      timestamptz(3) not null default now(),
  updated_at      timestamptz(3) not null default now(),
  primary key (organization_id, id),
  unique (organization_id, flow_id, version),
  foreign key (organization_id, flow_id) references flows (organization_id, id)
);

-- The numbers that a version's plan gives to its tasks: what task_executions.task means. Gates are the fan-out points of other tasks.
create table flow_version_tasks (
  organization_id uuid not null,
  flow_version_id uuid not null,
  task            smallint not null check (task >= 0),
  name            text not null check (length(name) between 1 and 200),
  kind            text not null check (kind in ('task', 'gate')),   -- a gate bears the name of the task that it fans out
  executor        text not null,
  primary key (organization_id, flow_version_id, task),
  foreign key (organization_id, flow_version_id) references flow_versions (organization_id, id)
);
create index flow_version_tasks_name on flow_version_tasks (organization_id, name, flow_version_id);

create table files (
  organization_id uuid not null,
  id              uuid not null,
  flow_id         uuid not null,
  file_key        text not null check (length(file_key) <= 1024),   -- flows/{flow_id}/documents/{id}: the object's name in the store
  filename        text,
  content_type    text not null default 'application/octet-stream',
  size_bytes      bigint,
  sha256          bytea,                                    -- of the stored bytes, checked when they are read
  metadata        jsonb not null default '{}',
  modified_by     text not null,
  created_at      timestamptz(3) not null default now(),
  uploaded_at     timestamptz(3),                           -- null: a URL was given out, nothing has arrived
  primary key (organization_id, id),
  unique (organization_id, file_key),
  foreign key (organization_id, flow_id) references flows (organization_id, id)
);
create index files_flow on files (organization_id, flow_id, created_at desc, id desc) where uploaded_at is not null;

do $$
declare t text;
begin
  foreach t in array array['flows', 'flow_versions', 'flow_version_tasks', 'files'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy engine on %I to flow_engine using (true) with check (true)', t);
    execute format('create policy tenant on %I to flow_api using (organization_id = current_setting(''flow.organization'')::uuid) with check (organization_id = current_setting(''flow.organization'')::uuid)', t);
    execute format('grant select, insert, update on %I to flow_engine', t);
  end loop;
end $$;
grant select, insert, update on flows, files to flow_api;
grant select, insert, update (name, is_favourite, modified_by, updated_at) on flow_versions to flow_api;   -- the definition never changes
grant select, insert on flow_version_tasks to flow_api;
