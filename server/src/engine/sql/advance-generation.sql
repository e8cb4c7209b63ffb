-- advance-generation: $1 organization, $2 execution; in a transaction after lock-rows and replace-rows. Holds after it: the next generation is open. What was
-- replaced is fenced, wherever it is held: what takes its place is of this generation. All else stays of its own, in whoever's hands, and counts as before.
update flow_executions set generation = generation + 1 where organization_id = $1::uuid and id = $2::uuid
returning generation
