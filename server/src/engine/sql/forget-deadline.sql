-- forget-deadline: $1 organization, $2 execution. Holds after it: one that has ended, or is being cancelled, is looked at no more.
update flow_executions set urgent_at = null where organization_id = $1::uuid and id = $2::uuid
