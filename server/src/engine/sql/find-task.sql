-- find-task: $1 organization, $2 task execution. Where it belongs; changes and locks nothing.
select t.execution_id, e.flow_id, e.flow_version_id, e.first_task
  from task_executions t join flow_executions e on e.organization_id = t.organization_id and e.id = t.execution_id
 where t.organization_id = $1::uuid and t.id = $2::uuid
