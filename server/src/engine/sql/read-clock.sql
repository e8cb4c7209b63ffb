-- read-clock: the clock of the database at this moment, by which timers are due and leases end.
select clock_timestamp() as now
