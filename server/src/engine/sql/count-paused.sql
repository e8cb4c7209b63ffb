-- count-paused: $1 pauses, $2 up to how many each. Tasks that lie still under each of them. Changes nothing. Index: task_executions_paused.
select p.pause, c.n from unnest($1::text[]) as p(pause) cross join lateral
  (select count(*)::int as n from (select from task_executions t where t.status = 'scheduled' and t.pause = p.pause limit $2::int) x) c
