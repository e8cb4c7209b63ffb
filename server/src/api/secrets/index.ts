// Tag secrets: values that flows use by name and that nobody reads again. What is kept of a value is sealed; its answers are names and dates.
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { deleteSecret } from './delete-secret.ts';
import { listSecrets } from './list-secrets.ts';
import { putSecret } from './put-secret.ts';

export function registerSecretRoutes(app: FlowApp, deps: ApiDeps): void {
  listSecrets(app, deps);
  putSecret(app, deps);
  deleteSecret(app, deps);
}
