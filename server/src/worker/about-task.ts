import type { ClaimedTask } from '#engine';

/** What a line of the log says of the attempt that it is about, so that a run's lines are found by any of its ids. */
export const aboutTask = ({
  id,
  attempt,
  execution,
}: Pick<ClaimedTask, 'id' | 'attempt'> & { execution: Pick<ClaimedTask['execution'], 'id' | 'organizationId'> }) => ({
  organization_id: execution.organizationId,
  flow_execution_id: execution.id,
  task_execution_id: id,
  attempt,
});
