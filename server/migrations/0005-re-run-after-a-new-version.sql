-- Flows whose finished runs are to follow a new version (settings.reexecute_on_update, core.md C17): written with the version, so that the work is neither lost
-- with a process nor begun for a version that was never made. One row a flow; a newer version starts over. Gone when the last run has been looked at.
create table flow_reexecutions (
  organization_id uuid not null references organizations (id),
  flow_id         uuid not null,
  version         integer not null,
  runs_left       integer not null default 1000 check (runs_left >= 0),   -- only the newest runs follow
  before_id       uuid,                                                   -- runs from this one on have been looked at
  claimed_until   timestamptz(3),                                         -- a process is at it
  created_at      timestamptz(3) not null default now(),
  primary key (organization_id, flow_id),
  foreign key (organization_id, flow_id) references flows (organization_id, id)
);
create index flow_reexecutions_due on flow_reexecutions (created_at);
alter table flow_reexecutions enable row level security;
alter table flow_reexecutions force row level security;
create policy engine on flow_reexecutions to flow_engine using (true) with check (true);
create policy tenant on flow_reexecutions to flow_api using (organization_id = current_setting('flow.organization')::uuid) with check (organization_id = current_setting('flow.organization')::uuid);
grant select, insert, update, delete on flow_reexecutions to flow_engine;
grant select, insert, update on flow_reexecutions to flow_api;
