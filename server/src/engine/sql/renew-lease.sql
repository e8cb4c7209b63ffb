-- renew-lease: $1 worker, $2 lease in ms, $3 delay of the event loop in ms, $4 ms since it last claimed something, or null. A lease that has ended is never renewed: what it held may be another's.
update workers set alive_until = now() + $2::int * interval '1 ms', loop_delay_ms = $3::int,
       claimed_at = coalesce(now() - $4::float8 * interval '1 ms', claimed_at)
 where id = $1::int and alive_until > now() returning id
