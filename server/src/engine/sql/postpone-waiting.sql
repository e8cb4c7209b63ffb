-- postpone-waiting: $1 how many. Holds after it: a task whose time is up while a sub-flow of its goes on waits on, the longer the longer it has waited: what
-- ends the sub-flow wakes it, this is the net below. Indexes: task_executions_waiting_until, flow_executions_parent.
with due as materialized (
  select t.organization_id, t.id from task_executions t
   where t.status = 'awaiting_input' and t.wait_until <= now() and t.decision is null
     and exists (select from flow_executions c where c.organization_id = t.organization_id and c.parent_task_id = t.id
                    and c.status in ('queued', 'running', 'waiting', 'cancel_requested'))
   order by t.wait_until limit $1::int for no key update skip locked
)
update task_executions t set wait_until = now() + greatest(interval '1 second', least(interval '1 minute', (now() - t.started_at) / 4))
  from due d where t.organization_id = d.organization_id and t.id = d.id
