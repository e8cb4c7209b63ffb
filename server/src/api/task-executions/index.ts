// Tag task-executions: what each task of a run did, item by item.
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { VersionPlans } from '../version-plans.ts';
import { createTaskExecution } from './create-task-execution.ts';
import { getTaskExecution } from './get-task-execution.ts';
import { listTaskExecutionHistory } from './list-task-execution-history.ts';
import { listTaskExecutions } from './list-task-executions.ts';
import { listTaskLogs } from './list-task-logs.ts';
import { updateTaskExecution } from './update-task-execution.ts';

export function registerTaskExecutionRoutes(app: FlowApp, deps: ApiDeps): void {
  const sources = { files: deps.files, log: deps.log, plans: new VersionPlans(deps.catalogue) };
  listTaskExecutions(app, deps, sources);
  getTaskExecution(app, sources);
  listTaskExecutionHistory(app, deps, sources);
  createTaskExecution(app, deps, sources);
  updateTaskExecution(app, deps, sources);
  listTaskLogs(app, deps);
}
