// Tag task-data: what an editor must know of a definition that nobody has stored.
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { getTaskData } from './get-task-data.ts';

export function registerTaskDataRoutes(app: FlowApp, deps: ApiDeps): void {
  getTaskData(app, deps);
}
