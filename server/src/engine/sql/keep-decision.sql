-- keep-decision: $1 organization, $2 task execution, $3 its attempt, $4 what the event brought or null (its time was up); in a transaction after lock-execution,
-- of an execution that is queued. Holds after it: the task waits for nothing but the execution's turn; the tick after it makes it ready (wake-waiting).
update task_executions t set attempt = t.attempt + 1, decision = coalesce($4::json, t.decision), wait_until = now(), lease_hash = null, lease_until = null
 where t.organization_id = $1::uuid and t.id = $2::uuid and t.attempt = $3::int and t.status = 'awaiting_input'
returning t.id
