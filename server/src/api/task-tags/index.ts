// Tag task-tags: labels that people and programs put on the tasks of a run. They move nothing; they are found again.
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { listTaskTags } from './list-task-tags.ts';
import { patchTaskTags } from './patch-task-tags.ts';

export function registerTaskTagRoutes(app: FlowApp, deps: ApiDeps): void {
  listTaskTags(app, deps);
  patchTaskTags(app, deps);
}
