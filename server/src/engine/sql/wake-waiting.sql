-- wake-waiting: $1 how many. Holds after it: waiting tasks whose time is up, in executions that are under way, are ready, to be asked again by their executor;
-- no longer counted as waiting, and an event that comes now is too late. Executions are locked before their tasks, as everywhere. Index:
-- task_executions_waiting_until.
with due as materialized (
  select t.organization_id, t.execution_id, t.id
    from task_executions t join flow_executions e on e.organization_id = t.organization_id and e.id = t.execution_id
   where t.status = 'awaiting_input' and t.wait_until <= now() and e.status = 'running'
   order by t.wait_until limit $1::int for no key update of e skip locked for no key update of t skip locked
),
woken as (
  update task_executions t set status = 'ready', ready_at = now(), wait_until = null from due d
   where t.organization_id = d.organization_id and t.id = d.id
  returning t.organization_id, t.execution_id, t.id
),
counted as (
  update flow_executions e set awaiting = e.awaiting - d.n, updated_at = now()
    from (select organization_id, execution_id, count(*)::int as n from woken group by 1, 2) d
   where e.organization_id = d.organization_id and e.id = d.execution_id
  returning e.organization_id, e.id, e.flow_id
)
select w.organization_id, w.execution_id, w.id, c.flow_id
  from woken w join counted c on c.organization_id = w.organization_id and c.id = w.execution_id
