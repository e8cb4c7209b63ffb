-- release-worker: $1 worker. Holds after it: its lease is over; whatever it still holds is reaped.
update workers set alive_until = now() - interval '1 ms', draining = true where id = $1::int and alive_until > now()
