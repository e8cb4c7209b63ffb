-- hold-parent: $1 organization, $2 execution, $3 task execution, $4 its generation; first in a transaction. Holds after it: where a row is returned, the task runs, and
-- no cancel or re-execution of its execution is in flight, nor begins before the transaction ends: a sub-flow that it starts is theirs to find.
-- Another attempt of the task that does the same waits, and then finds what this one has started. `depth`:
-- how deep the execution itself lies, 1 for one that no task has started.
select e.id, (with recursive up as (
         select p.parent_task_id, 1 as depth from flow_executions p where p.organization_id = $1::uuid and p.id = $2::uuid
         union all
         select p.parent_task_id, u.depth + 1 from up u
           join task_executions s on s.organization_id = $1::uuid and s.id = u.parent_task_id
           join flow_executions p on p.organization_id = $1::uuid and p.id = s.execution_id
          where u.depth < 100
       ) select max(depth)::int from up) as depth
  from flow_executions e join task_executions t on t.organization_id = e.organization_id and t.id = $3::uuid
 where e.organization_id = $1::uuid and e.id = $2::uuid and e.status = 'running'
   and t.status = 'running' and t.generation = $4::int
   for key share of e for no key update of t
