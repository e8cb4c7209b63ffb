-- What a document flow needs beyond a run: secrets, tags, metadata, logs, deliveries, kept answers; waiting without a slot, outside workers, sub-flows.

-- Values that flows use and nobody reads: sealed by the platform's key, bound to organization and name.
create table secrets (
  organization_id uuid not null references organizations (id),
  name            text not null check (name ~ '^[A-Za-z_][A-Za-z0-9_]{0,99}$'),
  sealed          bytea not null,
  modified_by     text not null,
  created_at      timestamptz(3) not null default now(),
  updated_at      timestamptz(3) not null default now(),
  primary key (organization_id, name)
);

create table task_tags (
  organization_id   uuid not null,
  id                uuid not null,
  flow_execution_id uuid not null,
  task_name         text not null check (length(task_name) between 1 and 200),
  tag               text not null check (length(tag) between 1 and 200),
  tag_type          text not null check (length(tag_type) between 1 and 100),
  tag_metadata      json,                                     -- as sent
  metadata_key      text not null,                            -- the metadata as canonical JSON: equal values are one tag
  status            text not null default 'active' check (status in ('active', 'deleted')),
  modified_by       text not null,
  created_at        timestamptz(3) not null default now(),
  updated_at        timestamptz(3) not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, flow_execution_id) references flow_executions (organization_id, id)
);
create unique index task_tags_active on task_tags (organization_id, flow_execution_id, task_name, tag, tag_type, md5(metadata_key)) where status = 'active';
create index task_tags_execution on task_tags (organization_id, flow_execution_id);   -- also the deleted ones, for when the run goes
create index task_tags_tag on task_tags (organization_id, tag, flow_execution_id) where status = 'active';

-- What a run's input says of itself (core.md G6), as text: found by key and value without regard to case.
create table execution_metadata (
  organization_id   uuid not null,
  flow_execution_id uuid not null,
  flow_id           uuid not null,
  key               text not null check (length(key) between 1 and 200),
  value             text not null check (length(value) <= 1000),
  created_at        timestamptz(3) not null default now(),
  primary key (organization_id, flow_execution_id, key, value),
  foreign key (organization_id, flow_execution_id) references flow_executions (organization_id, id)
);
create index execution_metadata_flow on execution_metadata (organization_id, flow_id, lower(key), lower(value));

-- An answer that is given again to the same call (core.md G5).
create table idempotency_keys (
  organization_id uuid not null references organizations (id),
  principal_id    text not null,
  route           text not null,
  key             text not null check (length(key) between 1 and 255),
  body_hash       bytea not null,
  held_until      timestamptz(3) not null,                    -- by a call that runs; one that has not answered by then died
  status          integer,                                    -- of the answer; null before it
  headers         json,
  body            text,                                       -- null of an answer that is too large to keep
  created_at      timestamptz(3) not null default now(),
  expires_at      timestamptz(3) not null,
  primary key (organization_id, principal_id, route, key)
);
create index idempotency_keys_expired on idempotency_keys (expires_at);

-- One use each: what a browser opens a socket or a stream with, since it can send no header there.
create table access_tickets (
  organization_id uuid not null references organizations (id),
  ticket_hash     bytea not null,                             -- the ticket itself begins with the organization, so that it is looked up in there
  principal       json not null,                              -- whose rights it carries
  expires_at      timestamptz(3) not null,
  used_at         timestamptz(3),
  primary key (organization_id, ticket_hash)
);
create index access_tickets_expired on access_tickets (expires_at);

-- What executors say while they work. Append only; dropped by age.
create table task_logs (
  organization_id   uuid not null,
  id                uuid not null,                            -- v7: the order
  flow_execution_id uuid not null,
  task_execution_id uuid not null,
  generation        integer not null,
  attempt           integer not null,
  level             text not null check (level in ('debug', 'info', 'warn', 'error')),
  message           text not null check (length(message) <= 4000),
  fields            json,
  created_at        timestamptz(3) not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, flow_execution_id) references flow_executions (organization_id, id)
);
create index task_logs_task on task_logs (organization_id, flow_execution_id, task_execution_id, id);   -- the run first: all of a run's go with it

-- Each try to deliver a webhook: what was sent is kept, so that it can be sent again.
create table webhook_deliveries (
  organization_id   uuid not null,
  id                uuid not null,
  message_id        text not null,                            -- webhook-id: the same for every try
  flow_execution_id uuid not null,
  task_execution_id uuid not null,
  task_name         text not null,
  url               text not null check (length(url) <= 4096),
  payload           text not null,
  try               integer not null check (try > 0),
  status            text not null check (status in ('delivered', 'failed')),
  response_status   integer,
  response_excerpt  text check (length(response_excerpt) <= 2000),
  error             text check (length(error) <= 2000),
  duration_ms       integer not null,
  redelivery        boolean not null default false,
  triggered_by      text not null default 'system',
  created_at        timestamptz(3) not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, flow_execution_id) references flow_executions (organization_id, id)
);
create index webhook_deliveries_created on webhook_deliveries (organization_id, id desc);
create index webhook_deliveries_execution on webhook_deliveries (organization_id, flow_execution_id, id desc);

-- Outputs that a task may take instead of running: keyed by executor version, parameters, content of files, model.
create table task_cache (
  organization_id uuid not null references organizations (id),
  key             bytea not null,
  output          json,
  output_key      text,
  summary         json,
  routes          json,
  task_execution_id uuid not null,                            -- whose work it was
  created_at      timestamptz(3) not null default now(),
  expires_at      timestamptz(3) not null,
  primary key (organization_id, key)
);
create index task_cache_expired on task_cache (expires_at);

-- `concurrency: {key, limit}`: places under a key; one is held by one attempt. Rows, not a counter, as execution_slots.
create table concurrency_places (
  organization_id   uuid not null references organizations (id),
  key               text not null check (length(key) <= 500),
  place             integer not null check (place > 0),
  task_execution_id uuid not null,
  attempt           integer not null,
  taken_at          timestamptz(3) not null default now(),
  primary key (organization_id, key, place)
);
create index concurrency_places_task on concurrency_places (organization_id, task_execution_id);

-- What outside workers and API clients say of tasks that the engine has no row for: a task that has not begun, further items, retries by number.
create table reported_task_executions (
  organization_id   uuid not null,
  id                uuid not null,
  flow_execution_id uuid not null,
  task_name         text not null check (length(task_name) between 1 and 200),
  task_execution_idx bigint not null check (task_execution_idx >= 0),
  processing_status text not null check (processing_status in ('queued', 'running', 'completed', 'failed', 'deleted', 'awaiting_input', 'cancel_requested', 'cancelled')),
  skipped           boolean not null default false,
  edited_status     text not null default 'not_edited' check (edited_status in ('not_edited', 'edited_not_reexecuted', 'edited_reexecuted')),
  stale_status      text not null default 'consistent' check (stale_status in ('consistent', 'stale')),
  input             json,
  output            json,
  error             json,
  source_task_executions json,
  started_at        timestamptz(3),
  completed_at      timestamptz(3),
  modified_by       text not null,
  created_at        timestamptz(3) not null default now(),
  updated_at        timestamptz(3) not null default now(),
  primary key (organization_id, id),
  constraint reported_task_executions_place unique (organization_id, flow_execution_id, task_name, task_execution_idx),
  foreign key (organization_id, flow_execution_id) references flow_executions (organization_id, id)
);
create index reported_task_executions_created on reported_task_executions (organization_id, created_at desc, id desc);

-- Workers' batches of task statuses (core.md 3, POST task-status): one row each, as said. Append only.
create table task_status_reports (
  organization_id   uuid not null,
  id                uuid not null,
  flow_execution_id uuid not null,
  task_name         text not null check (length(task_name) between 1 and 255),
  raw_status        text check (length(raw_status) <= 50),
  processing_status text,                                     -- what it was taken as; null: history only
  modified_by       text not null,
  created_at        timestamptz(3) not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, flow_execution_id) references flow_executions (organization_id, id)
);
create index task_status_reports_execution on task_status_reports (organization_id, flow_execution_id, id);

-- A run whose every open task waits for a person or an event gives its slot away (core.md 1.6): status 'waiting'. It resumes through the queue.
alter table flow_executions drop constraint flow_executions_status_check;
alter table flow_executions add constraint flow_executions_status_check
  check (status in ('queued', 'running', 'waiting', 'completed', 'failed', 'cancel_requested', 'cancelled'));
alter table flow_executions add column parent_task_id uuid;   -- a sub-flow's: the task execution that started it
create index flow_executions_parent on flow_executions (organization_id, parent_task_id) where parent_task_id is not null;
-- Those whose slot may be free to give away, and those that may have been left so.
create index flow_executions_awaiting on flow_executions (organization_id, id) where status = 'running' and awaiting > 0;

alter table task_executions add column wait_until timestamptz(3);   -- of one that waits for an event: when the executor is asked again without it
alter table task_executions add column topic text;                  -- of one that waits for an outside worker
alter table task_executions add column lease_hash bytea;            -- the outside worker that holds it, until lease_until
alter table task_executions add column lease_until timestamptz(3);
alter table task_executions add column decision json;               -- what an event brought while no slot was free: {status, output | error, routes, actor}
alter table task_executions add column stale_reason json;           -- of a stale one: {task_name, task_execution_idx, kind, at}
alter table task_executions add column source_task_executions json; -- said by an outside worker, for tasks that pass something through
create index task_executions_waiting_until on task_executions (wait_until) where status = 'awaiting_input' and wait_until is not null;
create index task_executions_topic on task_executions (organization_id, topic, ready_at) where status = 'awaiting_input' and topic is not null;

-- Flows whose runs are shown for a time only (core.md G3).
create index flows_ttl on flows (organization_id, id) where settings #>> '{ttl,seconds}' is not null;

-- Those that their flow's time has hidden go for good 7 days later; those that somebody deleted stay. A batch at a time: what has begun is not whole.
alter table flow_executions add column purge_at timestamptz(3);        -- while a process is at it: when another may
alter table flow_executions add column purge_begun_at timestamptz(3);
create index flow_executions_purge on flow_executions (purge_at) where purge_at is not null;
-- Written by a task of this run, and no other run has read it: goes with the run. Null: stays.
alter table files add column flow_execution_id uuid;
alter table files add constraint files_execution foreign key (organization_id, flow_execution_id) references flow_executions (organization_id, id);
create index files_execution on files (organization_id, flow_execution_id) where flow_execution_id is not null;

-- 'ended': by decree (core.md 3, PATCH status), whatever the plan says.
alter table execution_events drop constraint execution_events_kind_check;
alter table execution_events add constraint execution_events_kind_check
  check (kind in ('attempt_failed', 'attempt_lost', 'cancel_requested', 'cancelled', 're_executed', 'edited', 'promoted', 'deleted', 'ended'));
-- What a reader of events that comes back has missed (DESIGN.md, A run 8). Runs under way are few: as many as an organization has slots.
create index flow_executions_moving on flow_executions (organization_id, flow_id) where status in ('running', 'cancel_requested');
create index flow_executions_deleted on flow_executions (organization_id, flow_id, deleted_at) where deleted_at is not null;
alter table task_outputs add column changed_at timestamptz(3) not null default now();   -- by our clock: updated_at may be what a client says
create index task_outputs_changed on task_outputs (organization_id, (greatest(changed_at, updated_at)));
create index task_tags_updated on task_tags (organization_id, updated_at);
create index reported_task_executions_updated on reported_task_executions (organization_id, updated_at);

do $$
declare t text;
begin
  foreach t in array array['secrets', 'task_tags', 'execution_metadata', 'idempotency_keys', 'access_tickets', 'task_logs', 'webhook_deliveries', 'task_cache',
                           'concurrency_places', 'reported_task_executions', 'task_status_reports'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy engine on %I to flow_engine using (true) with check (true)', t);
    execute format('create policy tenant on %I to flow_api using (organization_id = current_setting(''flow.organization'')::uuid) with check (organization_id = current_setting(''flow.organization'')::uuid)', t);
    execute format('grant select, insert on %I to flow_engine', t);
    execute format('grant select on %I to flow_api', t);
  end loop;
end $$;
grant delete on idempotency_keys, access_tickets, task_logs, task_cache, concurrency_places to flow_engine;
-- A run that is purged (purge_at): append-only is so for everybody else.
grant delete on flow_executions, task_execution_revisions, execution_events, task_outputs, task_tags, execution_metadata, webhook_deliveries,
  reported_task_executions, task_status_reports, files to flow_engine;
grant update on access_tickets, task_cache, concurrency_places, reported_task_executions to flow_engine;
grant insert, update, delete on secrets, idempotency_keys to flow_api;
grant insert, update on task_tags, reported_task_executions to flow_api;
grant insert on access_tickets, task_status_reports, webhook_deliveries to flow_api;
-- A user changes their own name and settings; which user, the operation says.
grant update (first_name, last_name, settings, modified_by, updated_at) on users to flow_api;
