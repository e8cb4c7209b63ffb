// Tag models: what a task may name as its model.
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { getModels } from './get-models.ts';

export function registerModelRoutes(app: FlowApp, deps: ApiDeps): void {
  getModels(app, deps);
}
