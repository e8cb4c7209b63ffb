-- find-paused-runs: $1 organization and $2 task execution after which to look, $3 how many. Of the executions of the next $3 paused tasks: those that hold a slot and
-- have nothing else to do (idle); and the last task that was looked at. Not of a paused organization, or platform: there nobody else wants the slot.
-- Changes and locks nothing. Indexes: task_executions_paused_by_id, task_executions_place.
with page as materialized (
  select organization_id, id, execution_id, pause from task_executions
   where status = 'scheduled' and pause is not null and (organization_id, id) > ($1::uuid, $2::uuid) order by organization_id, id limit $3::int
)
select distinct e.organization_id, e.id, true as idle
  from page p join flow_executions e on e.organization_id = p.organization_id and e.id = p.execution_id
 where e.status = 'running' and e.slot is not null and split_part(p.pause, '/', 2) not in ('organization', 'platform')
   and not exists (select from task_executions t where t.organization_id = e.organization_id and t.execution_id = e.id
                      and (t.status in ('ready', 'running') or t.status = 'scheduled' and t.pause is null or t.status = 'awaiting_input' and t.wait_until <= now()))
union all
(select organization_id, id, false from page order by organization_id desc, id desc limit 1)
