-- Pauses and limits that operators set while all runs on, and runs that must have ended by a time.

-- One row for each thing that was ever paused or limited; a resume leaves it, with who did it and when. Of the platform as a whole, which is no
-- organization's, the organization is the nil UUID: tenants do not see those rows, workers obey both.
create table queue_controls (
  organization_id uuid not null,
  key             text not null check (length(key) <= 600),   -- {organization_id}/{kind}/{name}: what a paused task names
  kind            text not null check (kind in ('platform', 'organization', 'flow', 'executor', 'model')),
  name            text not null,                              -- of a flow its id, of an executor or a model its name, else empty
  paused_at       timestamptz(3),
  paused_by       text,
  reason          text check (length(reason) <= 500),
  max_concurrent  integer check (max_concurrent between 1 and 10000),   -- tasks at once; null: no limit. An organization's executions: organizations.max_concurrent
  modified_by     text not null,
  created_at      timestamptz(3) not null default clock_timestamp(),
  updated_at      timestamptz(3) not null default clock_timestamp(),
  primary key (organization_id, key),
  check ((paused_at is null) = (paused_by is null)),
  check (key = organization_id::text || '/' || kind || '/' || name)
);
create index queue_controls_updated on queue_controls (updated_at, key);
create index queue_controls_paused on queue_controls (organization_id, key) where paused_at is not null;
create index queue_controls_kind on queue_controls (organization_id, kind, name);
alter table queue_controls enable row level security;
alter table queue_controls force row level security;
create policy engine on queue_controls to flow_engine using (true) with check (true);
create policy tenant on queue_controls to flow_api using (organization_id = current_setting('flow.organization')::uuid) with check (organization_id = current_setting('flow.organization')::uuid);
grant select, insert, update on queue_controls to flow_engine;
grant select on queue_controls to flow_api;

-- Up to which change a process has heard, so that whoever pauses knows when nothing new is taken up any longer.
alter table workers add column heard_at timestamptz(3) not null default 'epoch';

-- A paused task is 'scheduled' and names its pause. Its ready_at lies 365,250 days ahead of when it became ready: no timer, nor a worker of the version
-- before, looks at it, and it gets its turn back to the millisecond.
alter table task_executions add column pause text;
create index task_executions_paused on task_executions (pause, ready_at) where status = 'scheduled' and pause is not null;
create index task_executions_paused_by_id on task_executions (organization_id, id) where status = 'scheduled' and pause is not null;

-- A place under a limit of the whole platform is kept under the nil organization, which is none, and says whose task has it.
alter table concurrency_places drop constraint concurrency_places_organization_id_fkey;
alter table concurrency_places add column holder_organization_id uuid;

-- A run that must have ended by then. `urgent_at`: when it is to be looked at next, to be put before others or, at its deadline, ended.
alter table flow_executions add column deadline timestamptz(3);
alter table flow_executions add column urgent_at timestamptz(3);
create index flow_executions_urgent on flow_executions (urgent_at) where urgent_at is not null;

-- What waits of one flow.
create index flow_executions_backlog on flow_executions (organization_id, flow_id) where status = 'queued';
