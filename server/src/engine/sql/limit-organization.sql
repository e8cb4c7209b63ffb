-- limit-organization: $1 organization, $2 executions at once or null; in a transaction before fit-slots. Index: primary key.
update organizations set max_concurrent = $2::int, updated_at = now() where id = $1::uuid and not is_system returning id
