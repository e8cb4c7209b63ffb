-- find-deaf: $1 time. Processes that work and have not heard what was set by then. Changes nothing; there are few workers.
select id from workers where alive_until > now() and not draining and heard_at < $1::timestamptz limit 1
