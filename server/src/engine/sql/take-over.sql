-- take-over: $1 organization, $2 task execution; in a transaction after lock-execution. Holds after it: the task is out of everybody's hands, running under a
-- fresh attempt that only this transaction knows, so what a worker still brings of it is fenced. No row where it is not open, or not under way.
with t as (
  update task_executions t set status = 'running', attempt = t.attempt + 1, worker = null, pause = null, started_at = coalesce(t.started_at, clock_timestamp())
    from flow_executions e
   where t.organization_id = $1::uuid and t.id = $2::uuid and t.status in ('ready', 'running', 'scheduled')
     and e.organization_id = t.organization_id and e.id = t.execution_id and e.status = 'running'
  returning t.*
)
select t.organization_id, t.execution_id, t.id, t.generation, t.task, t.item, t.attempt, t.tries, t.losses, t.alive, t.skipped, t.failed, t.lane,
       t.started_at, t.item_value::text as item_value, t.checkpoint::text as checkpoint, t.decision::text as decision, e.flow_id, e.flow_version_id, e.flow_version, e.run_number,
       e.generation as execution_generation, e.first_task, e.rank as execution_rank, e.input::text as flow_input, e.created_at, e.status as execution_status
  from t join flow_executions e on e.organization_id = t.organization_id and e.id = t.execution_id
