// Tag task-outputs: results of a run, posted by whoever worked on it or made by the engine, in one list.
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { VersionPlans } from '../version-plans.ts';
import { createTaskOutput } from './create-task-output.ts';
import { getTaskOutput } from './get-task-output.ts';
import { listTaskOutputs } from './list-task-outputs.ts';

export function registerTaskOutputRoutes(app: FlowApp, deps: ApiDeps): void {
  const sources = { files: deps.files, log: deps.log, plans: new VersionPlans(deps.catalogue) };
  createTaskOutput(app, deps);
  listTaskOutputs(app, deps, sources);
  getTaskOutput(app, sources);
}
