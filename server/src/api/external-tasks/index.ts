// Tag external-tasks: programs outside of the platform take part in runs. They claim tasks by topic, hold them by a lease token, and report what came of
// them; the engine settles, as for every worker.
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { claimExternalTasks } from './claim-external-tasks.ts';
import { completeExternalTask } from './complete-external-task.ts';
import { extendExternalTask } from './extend-external-task.ts';
import { failExternalTask } from './fail-external-task.ts';

export function registerExternalTaskRoutes(app: FlowApp, deps: ApiDeps): void {
  claimExternalTasks(app, deps);
  extendExternalTask(app, deps);
  completeExternalTask(app, deps);
  failExternalTask(app, deps);
}
