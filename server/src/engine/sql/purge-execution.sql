-- purge-execution: $1 organization, $2 execution. Holds after it: the run is gone, where it was hidden by its flow's time. The
-- database refuses while a row refers to it.
delete from flow_executions where organization_id = $1::uuid and id = $2::uuid and purge_begun_at is not null and deleted_at is not null
