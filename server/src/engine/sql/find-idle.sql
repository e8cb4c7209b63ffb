-- find-idle: $1 organization and $2 execution after which to look, $3 how many. Of the next $3 executions under way that count a waiting task: those that have
-- nothing else to do (idle), and the last that was looked at. Changes and locks nothing. Indexes: flow_executions_awaiting, task_executions_place.
with page as materialized (
  select organization_id, id from flow_executions
   where status = 'running' and awaiting > 0 and (organization_id, id) > ($1::uuid, $2::uuid) order by organization_id, id limit $3::int
)
select p.organization_id, p.id, true as idle from page p
 where not exists (select from task_executions t where t.organization_id = p.organization_id and t.execution_id = p.id
                      and (t.status in ('ready', 'running') or t.status = 'scheduled' and t.pause is null or t.status = 'awaiting_input' and t.wait_until <= now()))
union all
(select organization_id, id, false from page order by organization_id desc, id desc limit 1)
