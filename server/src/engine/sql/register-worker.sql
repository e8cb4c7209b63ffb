-- register-worker: $1 host, $2 process id, $3 lease in ms. Holds after it: a process with a lease of its own, by the database's clock.
insert into workers (host, pid, alive_until) values ($1::text, $2::int, now() + $3::int * interval '1 ms') returning id
