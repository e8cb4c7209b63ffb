// The sockets and event streams of a flow: subscribe, filter, forward; nothing else. A message says which object changed and its present state, as the reader
// may see it; what it holds is read by HTTP. Events come after commit, so what they announce is there.
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { VersionPlans } from '../version-plans.ts';
import { createTicket } from './create-ticket.ts';
import { watchFlow } from './watch-flow.ts';
import { watchFlowEvents } from './watch-flow-events.ts';

export function registerLiveRoutes(app: FlowApp, deps: ApiDeps): void {
  const sources = { files: deps.files, log: deps.log, plans: new VersionPlans(deps.catalogue) };
  watchFlow(app, deps, sources);
  watchFlowEvents(app, deps, sources);
  createTicket(app, deps);
}
