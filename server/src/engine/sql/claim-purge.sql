-- claim-purge: $1 seconds after which another process may go on with it. Holds after it: the run that has been due for longest is this process's to purge
-- for so long, and what its tasks wrote for a run that called it as a sub-flow, and which is still there, goes with that one. No row where none is due.
-- What another process has locked is skipped. Index: flow_executions_purge.
with due as materialized (
  select organization_id, id from flow_executions
   where purge_at <= now() and deleted_at is not null
   order by purge_at limit 1 for no key update skip locked
), claimed as (
  update flow_executions e set purge_at = now() + make_interval(secs => $1::int), purge_begun_at = coalesce(e.purge_begun_at, now())
    from due d where e.organization_id = d.organization_id and e.id = d.id
  returning e.organization_id, e.id, e.parent_task_id
), passed_on as (
  update files f set flow_execution_id = t.execution_id
    from claimed c join task_executions t on t.organization_id = c.organization_id and t.id = c.parent_task_id
   where f.organization_id = c.organization_id and f.flow_execution_id = c.id
)
select organization_id, id from claimed
