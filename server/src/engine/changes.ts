import type { Id } from '#base';
import type { ChangeEvent } from '#events';
import type { ClaimedTask } from './claimed-task.ts';

/** A task execution as the engine's statements return it. */
export interface MovedTask {
  organization_id: Id;
  execution_id: Id;
  id: Id;
  flow_id: Id;
}

export type MovedExecution = Pick<MovedTask, 'organization_id' | 'flow_id' | 'id'>;

export const taskChanged = (row: MovedTask): ChangeEvent => ({
  organizationId: row.organization_id,
  flowId: row.flow_id,
  flowExecutionId: row.execution_id,
  type: 'task_execution.updated',
  id: row.id,
});

export const taskClaimed = ({ execution, id }: ClaimedTask): ChangeEvent => ({
  organizationId: execution.organizationId,
  flowId: execution.flowId,
  flowExecutionId: execution.id,
  type: 'task_execution.updated',
  id,
});

export const executionChanged = ({ organization_id, flow_id, id }: MovedExecution): ChangeEvent => ({
  organizationId: organization_id,
  flowId: flow_id,
  flowExecutionId: id,
  type: 'flow_execution.updated',
  id,
});
