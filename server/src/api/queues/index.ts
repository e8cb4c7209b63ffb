// Tag queues: what waits and runs of an organization, its flows, executors and models, and the pauses and limits that its administrators set.
// What is the platform's as a whole, or another organization's, is the operator's (`flow admin`) and not to be had here.
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { controlQueue } from './control-queue.ts';
import { listQueues } from './list-queues.ts';

export function registerQueueRoutes(app: FlowApp, deps: ApiDeps): void {
  listQueues(app, deps);
  controlQueue(app, deps);
}
