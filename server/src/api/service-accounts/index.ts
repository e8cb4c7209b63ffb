// Tag service-accounts: programs that call the API, and their keys. A token is shown when it is made; what is kept of it is its hash.
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { createServiceAccount } from './create-service-account.ts';
import { createServiceAccountApiKey } from './create-service-account-api-key.ts';
import { deleteApiKey } from './delete-api-key.ts';
import { deleteServiceAccount } from './delete-service-account.ts';
import { getServiceAccount } from './get-service-account.ts';
import { listServiceAccountApiKeys } from './list-service-account-api-keys.ts';
import { listServiceAccounts } from './list-service-accounts.ts';
import { setServiceAccountStatus } from './set-service-account-status.ts';
import { updateApiKey } from './update-api-key.ts';
import { updateServiceAccount } from './update-service-account.ts';

export function registerServiceAccountRoutes(app: FlowApp, deps: ApiDeps): void {
  createServiceAccount(app, deps);
  listServiceAccounts(app, deps);
  getServiceAccount(app, deps);
  updateServiceAccount(app, deps);
  deleteServiceAccount(app, deps);
  setServiceAccountStatus(app, deps);
  listServiceAccountApiKeys(app, deps);
  createServiceAccountApiKey(app, deps);
  updateApiKey(app, deps);
  deleteApiKey(app, deps);
}
