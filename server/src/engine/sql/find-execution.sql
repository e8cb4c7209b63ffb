-- find-execution: $1 organization, $2 execution. Changes and locks nothing.
select id, flow_id, flow_version_id, flow_version, status, generation, failures, first_task,
       case when rank < -10000 then rank + 20000 else rank end as rank, slot, parent_task_id, deleted_at
  from flow_executions where organization_id = $1::uuid and id = $2::uuid
