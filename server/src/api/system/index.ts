// Tag system: what operators and tools ask of a process: health, metrics, the description of the API.
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { getOpenApi } from './get-openapi.ts';
import { getHealth, getMetrics, getVerdict } from './probes.ts';

export function registerSystemRoutes(app: FlowApp, deps: ApiDeps): void {
  getHealth(app, deps);
  getVerdict(app, deps);
  getMetrics(app, deps);
  getOpenApi(app, deps);
}
