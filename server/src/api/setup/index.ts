// The set-up page, which the first start's link leads to: a form for POST /api/setup. Nothing here needs credentials, and it is no part of
// the described API.
import type { FlowApp } from '../flow-app.ts';
import { getSetupPage } from './get-setup-page.ts';

export function registerSetupRoutes(app: FlowApp): void {
  getSetupPage(app);
}
