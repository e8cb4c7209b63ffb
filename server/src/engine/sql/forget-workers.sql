-- forget-workers: $1 ms since the lease ended. Holds after it: no row of a worker that has long ended and holds nothing. Index: task_executions_running.
delete from workers w where w.alive_until < now() - $1::int * interval '1 ms'
   and not exists (select from task_executions t where t.worker = w.id and t.status = 'running')
