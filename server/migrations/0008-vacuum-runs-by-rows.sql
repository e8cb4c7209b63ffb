-- Runs are updated some three times each, in indexes too: of a million of them a fifth dead (the default) are entries that every look for queued runs reads.
alter table flow_executions set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50000, autovacuum_vacuum_cost_delay = 0);
