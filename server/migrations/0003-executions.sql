-- A run is rows. A task execution that is ready is its own job; one that waits for predecessors is its own counter (the join).
-- Statuses are the literals of src/engine/states.ts; a test compares the checks below with them.

-- The concurrency limit is rows, not a counter: 32 connections lock 32 different rows (skip locked) instead of queueing on one.
create table execution_slots (
  organization_id uuid not null references organizations (id),
  slot            integer not null check (slot > 0),
  free            boolean not null default true,
  primary key (organization_id, slot)
) with (fillfactor = 70);
create index execution_slots_free on execution_slots (organization_id) where free;

create table flow_executions (
  organization_id  uuid not null,
  id               uuid not null,
  flow_id          uuid not null,
  flow_version_id  uuid not null,
  flow_version     integer not null,
  run_number       integer not null,
  generation       integer not null default 0,              -- a re-execution opens the next one
  status           text not null check (status in ('queued', 'running', 'completed', 'failed', 'cancel_requested', 'cancelled')),
  data_status      text not null default 'consistent' check (data_status in ('consistent', 'edited', 'stale')),
  rank             smallint not null default 0,             -- priority: lower first
  first_task       smallint not null,                       -- the input task that was triggered
  need             integer not null,                        -- open ends at the start of a generation
  open             integer not null,                        -- open ends now; 0 ends the execution
  failures         integer not null default 0,
  awaiting         integer not null default 0,              -- tasks that wait for a person or an event
  slot             integer,                                 -- held while running or being cancelled, then handed to the next queued one; of an ended one: what it held
  input            json not null,                           -- as sent
  triggered_task_executor_name text,                        -- set only where a flow has several input tasks
  triggered_by     text not null default 'api',
  pricing_config_id uuid,
  modified_by      text not null,
  created_at       timestamptz(3) not null default now(),
  updated_at       timestamptz(3) not null default now(),
  started_at       timestamptz(3),
  cancel_requested_at timestamptz(3),                       -- by the clock, after every settle in flight: nothing starts or completes later
  completed_at     timestamptz(3),
  deleted_at       timestamptz(3),
  primary key (organization_id, id),
  foreign key (organization_id, flow_id) references flows (organization_id, id),
  foreign key (organization_id, flow_version_id) references flow_versions (organization_id, id)
) with (fillfactor = 80);
create index flow_executions_queued on flow_executions (organization_id, rank, id) where status = 'queued';
create index flow_executions_cancelling on flow_executions (cancel_requested_at) where status = 'cancel_requested';
-- Lists read what is not deleted. Partial also so that the foreign keys' look-ups, planned once a connection, perhaps on an empty table, can only use the key.
create index flow_executions_flow on flow_executions (organization_id, flow_id, id) where deleted_at is null;
create index flow_executions_updated on flow_executions (organization_id, flow_id, updated_at, id) where deleted_at is null;
create index flow_executions_version on flow_executions (organization_id, flow_version_id, id) where deleted_at is null;

create table task_executions (
  organization_id uuid not null,
  id              uuid not null,                            -- v7: made when the task became ready, kept over re-executions
  execution_id    uuid not null,
  generation      integer not null,
  task            smallint not null,                        -- number in the version's plan (flow_version_tasks)
  item            bigint not null default 0,                -- path of item indexes, 17 bits a level: [i, j] is i * 2^17 + j (3 levels fit a double)
  status          text not null check (status in ('pending', 'ready', 'running', 'completed', 'failed', 'awaiting_input', 'skipped', 'cancelled', 'scheduled')),
  rank            smallint not null default 0,
  need            integer not null default 1,               -- arrivals by the plan
  waiting         integer not null default 0,               -- arrivals still to come; 0 means decided
  alive           integer not null default 0,               -- arrivals from tasks that ran
  skipped         integer not null default 0,               -- arrivals from tasks that were skipped (a collection's items do not count)
  failed          integer not null default 0,               -- arrivals from tasks that failed or never ran for a failure
  attempt         integer not null default 0,               -- the fence: rises with every claim
  tries           smallint not null default 0,              -- failures of the executor so far
  losses          smallint not null default 0,              -- workers that died while they held it
  lane            text not null default '',                 -- work that is claimed by a limit of its own: an executor's name, or 'suspect'
  worker          integer,                                  -- of a running one: who holds it; of any other, nothing
  ready_at        timestamptz(3) not null default now(),    -- of a scheduled one: when it is due
  started_at      timestamptz(3),                           -- of its first attempt; null where it never ran
  completed_at    timestamptz(3),
  item_value      json,                                     -- the element of the list that this item stands for
  input           json,                                     -- the resolved parameters of the last attempt
  output          json,                                     -- of a completed one; also what a failed one could save
  output_key      text,                                     -- instead of output where it is large: its object in the file store
  error           json,                                     -- {message, type, code, retryable, traceback}
  summary         json,                                     -- what the executor says of its work, for people
  routes          json,                                     -- the routes that a branch took
  checkpoint      json,                                     -- what an executor left when it chose to wait
  edited_status   text not null default 'not_edited' check (edited_status in ('not_edited', 'edited_not_reexecuted', 'edited_reexecuted')),
  stale_status    text not null default 'consistent' check (stale_status in ('consistent', 'stale')),
  modified_by     text not null default 'system',
  primary key (organization_id, id),
  constraint task_executions_place unique (organization_id, execution_id, task, item),
  constraint task_executions_execution foreign key (organization_id, execution_id) references flow_executions (organization_id, id)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50000, autovacuum_vacuum_cost_delay = 0);
create index task_executions_ready on task_executions (organization_id, lane, rank, ready_at) where status = 'ready';   -- due work only: a timer is 'scheduled'
create index task_executions_running on task_executions (worker) where status = 'running';
create index task_executions_scheduled on task_executions (ready_at) where status = 'scheduled';

-- What a re-execution or an edit replaced: the row as it was. Append only.
create table task_execution_revisions (
  organization_id   uuid not null,
  id                uuid not null,
  task_execution_id uuid not null,
  execution_id      uuid not null,
  generation        integer not null,
  task_name         text not null,
  item              bigint not null,
  attempt           integer not null,
  reason            text not null check (reason in ('re_executed', 'edited')),
  record            json not null,                          -- the row
  replaced_by       text not null,                          -- who did it
  replaced_at       timestamptz(3) not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, execution_id) references flow_executions (organization_id, id)
);
create index task_execution_revisions_task on task_execution_revisions (organization_id, task_execution_id, id);
create index task_execution_revisions_place on task_execution_revisions (organization_id, execution_id, task_name, item);

-- What a column cannot hold: each failed attempt, cancellations, re-executions, edits. Nothing is written for an ordinary move. Append only.
create table execution_events (
  organization_id   uuid not null,
  id                uuid not null,
  execution_id      uuid not null,
  task_execution_id uuid,
  generation        integer not null,
  attempt           integer,
  kind              text not null check (kind in ('attempt_failed', 'attempt_lost', 'cancel_requested', 'cancelled', 're_executed', 'edited', 'promoted', 'deleted')),
  detail            json,
  actor             text not null default 'system',
  at                timestamptz(3) not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, execution_id) references flow_executions (organization_id, id)
);
create index execution_events_execution on execution_events (organization_id, execution_id, id);

-- One lease a process. A process whose lease ended has lost what it held.
create table workers (
  id            integer generated always as identity primary key,
  host          text not null,
  pid           integer not null,
  started_at    timestamptz(3) not null default now(),
  alive_until   timestamptz(3) not null,
  loop_delay_ms integer not null default 0,
  draining      boolean not null default false
);

-- Task outputs that were posted (the founding page). Those that the engine makes are a view over task executions.
create table task_outputs (
  organization_id   uuid not null,
  id                uuid not null,
  flow_execution_id uuid not null,
  task_name         text not null check (length(task_name) between 1 and 200),
  summary           json,
  output            json,
  tags              json,
  error             json,
  processing_status text not null check (processing_status in ('queued', 'running', 'completed', 'failed', 'deleted', 'awaiting_input', 'cancel_requested', 'cancelled')),
  edited_status     text not null check (edited_status in ('not_edited', 'edited')),
  stale_status      text not null check (stale_status in ('consistent', 'stale')),
  in_progress       boolean not null default false,         -- status was given as the legacy word in_progress
  flow_version      integer,
  content_hash      bytea not null,                         -- of what was sent: an id sent again with other content is a conflict
  modified_by       text not null,
  created_at        timestamptz(3) not null default now(),
  updated_at        timestamptz(3) not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, flow_execution_id) references flow_executions (organization_id, id)
);
create index task_outputs_execution on task_outputs (organization_id, flow_execution_id, created_at desc, id desc);
create index task_outputs_created on task_outputs (organization_id, created_at desc, id desc);

do $$
declare t text;
begin
  foreach t in array array['execution_slots', 'flow_executions', 'task_executions', 'task_execution_revisions', 'execution_events', 'task_outputs'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy engine on %I to flow_engine using (true) with check (true)', t);
    execute format('create policy tenant on %I to flow_api using (organization_id = current_setting(''flow.organization'')::uuid) with check (organization_id = current_setting(''flow.organization'')::uuid)', t);
    execute format('grant select, insert on %I to flow_engine', t);
    execute format('grant select on %I to flow_api', t);
  end loop;
end $$;
alter table workers enable row level security;
alter table workers force row level security;
create policy engine on workers to flow_engine using (true) with check (true);
grant select, insert, update, delete on workers to flow_engine;
grant update, delete on execution_slots, task_executions to flow_engine;
grant update on flow_executions, task_outputs to flow_engine;
-- Only the engine's role moves a run. The API's role may hide one, and posts outputs.
grant update (deleted_at, updated_at, modified_by) on flow_executions to flow_api;
grant insert, update on task_outputs to flow_api;
