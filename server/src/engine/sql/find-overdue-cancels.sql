-- find-overdue-cancels: $1 grace in ms, $2 how many. Tasks of cancelled executions that their workers have not given up in time; changes nothing, settle
-- takes them out of the workers' hands. Indexes: flow_executions_cancelling, task_executions_place.
select t.organization_id, t.execution_id, t.id, t.generation, t.task, t.item, t.attempt, t.tries, t.losses, t.alive, t.skipped, t.failed, t.lane,
       t.started_at, t.item_value::text as item_value, t.checkpoint::text as checkpoint, t.decision::text as decision, e.flow_id, e.flow_version_id, e.flow_version, e.run_number,
       e.generation as execution_generation, e.first_task, e.rank as execution_rank, e.input::text as flow_input, e.created_at, e.status as execution_status
  from flow_executions e join task_executions t on t.organization_id = e.organization_id and t.execution_id = e.id
 where e.status = 'cancel_requested' and e.cancel_requested_at < now() - $1::int * interval '1 ms' and t.status = 'running' limit $2::int
