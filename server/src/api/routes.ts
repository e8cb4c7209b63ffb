import { registerAuthRoutes } from './auth/index.ts';
import type { ApiDeps } from './deps.ts';
import { registerExternalTaskRoutes } from './external-tasks/index.ts';
import { registerFileRoutes } from './files/index.ts';
import type { FlowApp } from './flow-app.ts';
import { registerFlowExecutionRoutes } from './flow-executions/index.ts';
import { registerFlowRoutes } from './flows/index.ts';
import { registerLiveRoutes } from './live/index.ts';
import { registerModelRoutes } from './models/index.ts';
import { registerProfileRoutes } from './profile/index.ts';
import { registerQueueRoutes } from './queues/index.ts';
import { registerReferenceRoutes } from './reference/index.ts';
import { registerSecretRoutes } from './secrets/index.ts';
import { registerServiceAccountRoutes } from './service-accounts/index.ts';
import { registerSetupRoutes } from './setup/index.ts';
import { registerSystemRoutes } from './system/index.ts';
import { registerTaskDataRoutes } from './task-data/index.ts';
import { registerTaskExecutionRoutes } from './task-executions/index.ts';
import { registerTaskExecutorRoutes } from './task-executors/index.ts';
import { registerTaskOutputRoutes } from './task-outputs/index.ts';
import { registerTaskTagRoutes } from './task-tags/index.ts';
import { registerWebhookDeliveryRoutes } from './webhook-deliveries/index.ts';

/** Every tag of the API, one line each. */
export function registerRoutes(app: FlowApp, deps: ApiDeps): void {
  registerAuthRoutes(app, deps);
  registerExternalTaskRoutes(app, deps);
  registerFileRoutes(app, deps);
  registerFlowExecutionRoutes(app, deps);
  registerFlowRoutes(app, deps);
  registerLiveRoutes(app, deps);
  registerModelRoutes(app, deps);
  registerProfileRoutes(app, deps);
  registerQueueRoutes(app, deps);
  registerReferenceRoutes(app, deps);
  registerSecretRoutes(app, deps);
  registerServiceAccountRoutes(app, deps);
  registerSetupRoutes(app);
  registerSystemRoutes(app, deps);
  registerTaskDataRoutes(app, deps);
  registerTaskExecutionRoutes(app, deps);
  registerTaskExecutorRoutes(app, deps);
  registerTaskOutputRoutes(app, deps);
  registerTaskTagRoutes(app, deps);
  registerWebhookDeliveryRoutes(app, deps);
}
