-- annotate: $1 organization, $2 task execution, $3 input, $4 source_task_executions, $5 when it began, $6 when it ended, $7 summary, each null where nothing is
-- said of it. Holds after it: the row says what whoever ran the task says of it. Its own times bound the reported ones, since the clocks of others may be wrong.
update task_executions t
   set input = coalesce($3::json, t.input), source_task_executions = coalesce($4::json, t.source_task_executions), summary = coalesce($7::json, t.summary),
       started_at = least(greatest(t.started_at, $5::timestamptz), coalesce(t.completed_at, clock_timestamp())),
       completed_at = case when t.completed_at is null then null
                           else greatest(least(coalesce($6::timestamptz, t.completed_at), t.completed_at), least(greatest(t.started_at, $5::timestamptz), t.completed_at)) end
 where t.organization_id = $1::uuid and t.id = $2::uuid and t.started_at is not null
