-- raise-urgent: $1 how many executions, $2 how many tasks of each. Holds after it: executions of whose time to the deadline another part is over (a half, three
-- quarters, nine tenths) stand before others, and so do their open tasks: 200 lower in rank each time, more than all that priorities differ by (100),
-- within the bounds of promote-executions.sql. Those that have ended are looked at no more. Index: flow_executions_urgent, task_executions_place.
with due as materialized (
  select e.organization_id, e.id, e.flow_id, e.status in ('queued', 'running', 'waiting') as is_open
    from flow_executions e where e.urgent_at <= now() and e.deadline > now() order by e.urgent_at limit $1::int for no key update skip locked
),
raised as (
  update flow_executions e
     set rank = case when not d.is_open then e.rank when e.rank < -10000 then greatest(e.rank - 200, -30000) else greatest(e.rank - 200, -10000) end,
         urgent_at = case when not d.is_open then null
                          when e.urgent_at < e.created_at + (e.deadline - e.created_at) * 0.75 then e.created_at + (e.deadline - e.created_at) * 0.75
                          when e.urgent_at < e.created_at + (e.deadline - e.created_at) * 0.9 then e.created_at + (e.deadline - e.created_at) * 0.9
                          else e.deadline end
    from due d where e.organization_id = d.organization_id and e.id = d.id
),
open as materialized (
  select t.organization_id, t.id from due d cross join lateral
    (select t.organization_id, t.id from task_executions t
      where t.organization_id = d.organization_id and t.execution_id = d.id and t.status in ('ready', 'pending', 'scheduled', 'awaiting_input')
      limit $2::int for no key update skip locked) t
   where d.is_open
),
moved as (
  update task_executions t set rank = greatest(t.rank - 200, -10000) from open o where t.organization_id = o.organization_id and t.id = o.id
)
select organization_id, id, flow_id from due where is_open
