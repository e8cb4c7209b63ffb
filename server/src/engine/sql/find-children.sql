-- find-children: $1 organization, $2 execution, $3 task executions or null (any); in a transaction after lock-execution. Open sub-flows that these open
-- tasks of the execution wait for. Changes nothing. Indexes: task_executions_place, flow_executions_parent.
select c.id from task_executions t join flow_executions c on c.organization_id = t.organization_id and c.parent_task_id = t.id
 where t.organization_id = $1::uuid and t.execution_id = $2::uuid and t.status not in ('completed', 'failed', 'skipped', 'cancelled')
   and ($3::uuid[] is null or t.id = any($3::uuid[])) and c.status in ('queued', 'running', 'waiting')
 order by c.id
