-- read-inputs: $1 organizations, $2 executions, $3 tasks, $4 first item, $5 last item. What the claimed tasks' predecessors gave; a collection is a range
-- of task_executions_place, since the path of items is one number. An item that gave nothing comes with nulls. Changes nothing.
select w.k::int as k, o.item, o.output::text as output, o.output_key
  from unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::bigint[], $5::bigint[]) with ordinality as w(organization_id, execution_id, task, low, high, k)
 cross join lateral (
   select t.item, case t.status when 'completed' then t.output end as output, case t.status when 'completed' then t.output_key end as output_key
     from task_executions t
    where t.organization_id = w.organization_id and t.execution_id = w.execution_id and t.task = w.task and t.item between w.low and w.high
    order by t.item) o
