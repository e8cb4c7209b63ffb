-- edit: $1 organization, $2 task execution, $3 its task's name, $4 id of the revision, $5 id of the event, $6 who, $7 status, $8 output, $9 output's key,
-- $10 error, $11 edited_status, $12 input, $13 source_task_executions, $14 detail of the event, $15 routes, $16 the generation that the event opens or stands in; in a transaction after lock-rows. Holds after it: the
-- row has the new result and is consistent; what it was is in task_execution_revisions, and the execution's events say who changed it. ready_at is the
-- time of the edit: of a row that is final it says nothing else, and completed_at stays the worker's.
with before as (
  insert into task_execution_revisions (organization_id, id, task_execution_id, execution_id, generation, task_name, item, attempt, reason, record, replaced_by)
  select organization_id, $4::uuid, id, execution_id, generation, $3::text, item, attempt, 'edited', to_json(t), $6::text
    from task_executions t where organization_id = $1::uuid and id = $2::uuid
),
noted as (
  insert into execution_events (organization_id, id, execution_id, task_execution_id, generation, attempt, kind, detail, actor)
  select organization_id, $5::uuid, execution_id, id, $16::int, attempt, 'edited', $14::json, $6::text
    from task_executions where organization_id = $1::uuid and id = $2::uuid
)
update task_executions
   set status = $7::text, output = $8::json, output_key = $9::text, error = $10::json, edited_status = coalesce($11::text, edited_status),
       stale_status = 'consistent', stale_reason = null, input = coalesce($12::json, input),
       source_task_executions = coalesce($13::json, source_task_executions), routes = $15::json, modified_by = $6::text, ready_at = clock_timestamp(),
       started_at = coalesce(started_at, clock_timestamp()), completed_at = coalesce(completed_at, clock_timestamp())
 where organization_id = $1::uuid and id = $2::uuid
returning id
