// Tag profile: who is asking.
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { getCurrentUser } from './get-current-user.ts';
import { updateCurrentUser } from './update-current-user.ts';

export function registerProfileRoutes(app: FlowApp, deps: ApiDeps): void {
  getCurrentUser(app, deps);
  updateCurrentUser(app, deps);
}
