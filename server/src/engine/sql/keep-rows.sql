-- keep-rows: $1 organization, $2 execution; in a transaction after replace-rows and park-rows, when only rows are left whose results are reused. Holds after
-- it: parked rows have their new numbers, and an edit that was reused counts as re-executed.
update task_executions t
   set task = case when t.task < 0 then -1 - t.task else t.task end,
       edited_status = case t.edited_status when 'edited_not_reexecuted' then 'edited_reexecuted' else t.edited_status end
 where t.organization_id = $1::uuid and t.execution_id = $2::uuid and (t.task < 0 or t.edited_status = 'edited_not_reexecuted')
