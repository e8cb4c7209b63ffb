-- extend-lease: $1 organization, $2 task execution, $3 hash of the token, $4 ms from now. Holds after it: whoever has the token holds the task that long;
-- nothing is returned where another has claimed it since, or it no longer waits.
update task_executions set lease_until = now() + $4::int * interval '1 ms'
 where organization_id = $1::uuid and id = $2::uuid and lease_hash = $3::bytea and status = 'awaiting_input' and decision is null
returning lease_until
