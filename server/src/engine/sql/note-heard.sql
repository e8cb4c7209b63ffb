-- note-heard: $1 worker, $2 time. Holds after it: the process obeys every pause and limit that was set up to then. Index: primary key.
update workers set heard_at = $2::timestamptz where id = $1::int and heard_at < $2::timestamptz
