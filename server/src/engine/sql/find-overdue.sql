-- find-overdue: $1 how many. Executions whose deadline has come. Changes and locks nothing. Index: flow_executions_urgent.
select organization_id, id from flow_executions where urgent_at <= now() and deadline <= now() order by urgent_at limit $1::int
