-- purge-rows: $1 organization, $2 execution, $3 how many of each table. Holds after it: so many rows of this run are gone, or all but its own; answers the
-- most that went from one table. Nobody else writes to these rows any longer, so that a row is found where it was seen. Every table that refers to
-- flow_executions stands here, or, what names objects, in drop-purged-objects before it. Each has an index that begins with organization and run.
with d1 as (
  delete from task_executions where ctid = any (array(
    select ctid from task_executions where organization_id = $1::uuid and execution_id = $2::uuid limit $3::int))
  returning 1
), d2 as (
  delete from task_execution_revisions where ctid = any (array(
    select ctid from task_execution_revisions where organization_id = $1::uuid and execution_id = $2::uuid limit $3::int))
  returning 1
), d3 as (
  delete from execution_events where ctid = any (array(
    select ctid from execution_events where organization_id = $1::uuid and execution_id = $2::uuid limit $3::int))
  returning 1
), d4 as (
  delete from task_outputs where ctid = any (array(
    select ctid from task_outputs where organization_id = $1::uuid and flow_execution_id = $2::uuid limit $3::int))
  returning 1
), d5 as (
  delete from task_tags where ctid = any (array(
    select ctid from task_tags where organization_id = $1::uuid and flow_execution_id = $2::uuid limit $3::int))
  returning 1
), d6 as (
  delete from execution_metadata where ctid = any (array(
    select ctid from execution_metadata where organization_id = $1::uuid and flow_execution_id = $2::uuid limit $3::int))
  returning 1
), d7 as (
  delete from task_logs where ctid = any (array(
    select ctid from task_logs where organization_id = $1::uuid and flow_execution_id = $2::uuid limit $3::int))
  returning 1
), d8 as (
  delete from webhook_deliveries where ctid = any (array(
    select ctid from webhook_deliveries where organization_id = $1::uuid and flow_execution_id = $2::uuid limit $3::int))
  returning 1
), d9 as (
  delete from reported_task_executions where ctid = any (array(
    select ctid from reported_task_executions where organization_id = $1::uuid and flow_execution_id = $2::uuid limit $3::int))
  returning 1
), d10 as (
  delete from task_status_reports where ctid = any (array(
    select ctid from task_status_reports where organization_id = $1::uuid and flow_execution_id = $2::uuid limit $3::int))
  returning 1
)
select greatest((select count(*) from d1),
                (select count(*) from d2),
                (select count(*) from d3),
                (select count(*) from d4),
                (select count(*) from d5),
                (select count(*) from d6),
                (select count(*) from d7),
                (select count(*) from d8),
                (select count(*) from d9),
                (select count(*) from d10))::int as most
