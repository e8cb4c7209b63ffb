// Tag flow-executions: runs of a flow, started, listed, cancelled, run again, hidden. What moves a run is the engine's.
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { VersionPlans } from '../version-plans.ts';
import { addFlowTaskStatuses } from './add-flow-task-statuses.ts';
import { cancelFlowExecution } from './cancel-flow-execution.ts';
import { changeFlowExecutions } from './change-flow-executions.ts';
import { createFlowExecution } from './create-flow-execution.ts';
import { deleteFlowExecution } from './delete-flow-execution.ts';
import { executeFlow } from './execute-flow.ts';
import { getFlowExecution } from './get-flow-execution.ts';
import { listFlowExecutions } from './list-flow-executions.ts';
import { patchFlowExecutionStatus } from './patch-flow-execution-status.ts';
import { RunChecks } from './run-checks.ts';

export function registerFlowExecutionRoutes(app: FlowApp, deps: ApiDeps): void {
  const plans = new VersionPlans(deps.catalogue);
  const checks = new RunChecks(deps, plans);
  createFlowExecution(app, deps, checks);
  listFlowExecutions(app, deps);
  getFlowExecution(app, { files: deps.files, log: deps.log, plans });
  deleteFlowExecution(app, deps);
  cancelFlowExecution(app, deps);
  executeFlow(app, deps, checks);
  changeFlowExecutions(app, deps, checks);
  patchFlowExecutionStatus(app, deps);
  addFlowTaskStatuses(app, deps, { files: deps.files, log: deps.log, plans });
}
