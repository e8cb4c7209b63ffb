-- release-purge: $1 organization, $2 execution. Holds after it: whoever looks next goes on with this run.
update flow_executions set purge_at = now() where organization_id = $1::uuid and id = $2::uuid and purge_begun_at is not null
