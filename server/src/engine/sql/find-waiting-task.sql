-- find-waiting-task: $1 organization, $2 task execution. The row that an event is to settle, as a claim returns it; changes nothing.
select t.organization_id, t.execution_id, t.id, t.generation, t.task, t.item, t.attempt, t.tries, t.losses, t.alive, t.skipped, t.failed, t.lane,
       t.started_at, t.item_value::text as item_value, t.checkpoint::text as checkpoint, t.decision::text as decision, e.flow_id, e.flow_version_id, e.flow_version, e.run_number,
       e.generation as execution_generation, e.first_task, e.rank as execution_rank, e.input::text as flow_input, e.created_at, e.status as execution_status, t.status as task_status, t.lease_hash
  from task_executions t join flow_executions e on e.organization_id = t.organization_id and e.id = t.execution_id
 where t.organization_id = $1::uuid and t.id = $2::uuid
