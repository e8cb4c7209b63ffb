/** What readers of the API find beside it: each operation and each page of the documentation as Markdown, and an index of them. */
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { getReferencePages } from './get-reference-pages.ts';

export function registerReferenceRoutes(app: FlowApp, deps: ApiDeps): void {
  getReferencePages(app, deps);
}
