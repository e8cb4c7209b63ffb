-- set-deadline: $1 organization, $2 execution, $3 its deadline; in the transaction that starts it. Holds after it: it is looked at when half of its time is over.
update flow_executions set deadline = $3::timestamptz, urgent_at = created_at + greatest($3::timestamptz - created_at, interval '0') / 2
 where organization_id = $1::uuid and id = $2::uuid
