// Tag task-executors: what a flow can be made of.
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { getTaskExecutors } from './get-task-executors.ts';

export function registerTaskExecutorRoutes(app: FlowApp, deps: ApiDeps): void {
  getTaskExecutors(app, deps);
}
