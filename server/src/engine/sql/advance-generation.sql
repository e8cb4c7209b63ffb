-- advance-generation: $1 organization, $2 execution; in a transaction after lock-rows and replace-rows. Holds after it: the next generation is open, so what
-- workers hold of what was replaced is fenced. Open rows that stay belong to it; one that a worker held is ready again, under a raised attempt.
with e as (
  update flow_executions set generation = generation + 1 where organization_id = $1::uuid and id = $2::uuid returning id, generation
)
update task_executions t
   set generation = e.generation,
       status = case t.status when 'running' then 'ready' else t.status end,
       attempt = t.attempt + (t.status = 'running')::int,
       worker = null
  from e
 where t.organization_id = $1::uuid and t.execution_id = e.id and t.status in ('pending', 'ready', 'running', 'scheduled', 'awaiting_input')
returning t.id
