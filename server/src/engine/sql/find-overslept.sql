-- find-overslept: $1 how many. Waiting tasks whose time is up, in executions that only wait and have to resume first. Changes and locks nothing. Index:
-- task_executions_waiting_until.
select t.organization_id, t.execution_id, t.id
  from task_executions t join flow_executions e on e.organization_id = t.organization_id and e.id = t.execution_id
 where t.status = 'awaiting_input' and t.wait_until <= now() and e.status = 'waiting' order by t.wait_until limit $1::int
