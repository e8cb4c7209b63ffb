-- save-draft: $1 organization, $2 task execution, $3 draft, $4 who. Holds after it: a task that still waits keeps what somebody has entered so far; settling it
-- forgets the draft. No row where it waits no longer.
update task_executions set summary = json_build_object('draft', $3::json), modified_by = $4::text, ready_at = clock_timestamp()
 where organization_id = $1::uuid and id = $2::uuid and status = 'awaiting_input'
returning execution_id
