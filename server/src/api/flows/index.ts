// Tag flows: definitions, their versions and their documents. Who sees a flow is visible-flows.ts; every read and write goes through
// flow.queries.ts and flow.store.ts, on the request's transaction.
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { createFlow } from './create-flow.ts';
import { deleteFlow } from './delete-flow.ts';
import { generateDownloadUrl } from './generate-download-url.ts';
import { generateUploadUrl } from './generate-upload-url.ts';
import { getFlow } from './get-flow.ts';
import { getFlowAvailableTags } from './get-flow-available-tags.ts';
import { getFlowCloneInfo } from './get-flow-clone-info.ts';
import { getFlowMetadataKeys } from './get-flow-metadata-keys.ts';
import { getFlowMetadataValues } from './get-flow-metadata-values.ts';
import { getFlowTags } from './get-flow-tags.ts';
import { getFlowVersion } from './get-flow-version.ts';
import { getFlowVersionSummaries } from './get-flow-version-summaries.ts';
import { listFlowFiles } from './list-flow-files.ts';
import { listFlowSummaries } from './list-flow-summaries.ts';
import { listFlowVersions } from './list-flow-versions.ts';
import { listFlows } from './list-flows.ts';
import { patchFlow } from './patch-flow.ts';
import { putFlow } from './put-flow.ts';
import { reexecuteAfterUpdates } from './reexecute-after-update.ts';
import { restoreFlowVersion } from './restore-flow-version.ts';
import { updateFlowDefinition } from './update-flow-definition.ts';
import { updateFlowTask } from './update-flow-task.ts';
import { updateFlowVersionMetadata } from './update-flow-version-metadata.ts';
import { validateFlowDefinition } from './validate-flow-definition.ts';

export function registerFlowRoutes(app: FlowApp, deps: ApiDeps): void {
  listFlows(app, deps);
  createFlow(app, deps);
  getFlowAvailableTags(app);
  generateDownloadUrl(app, deps);
  getFlow(app, deps);
  patchFlow(app, deps);
  putFlow(app, deps);
  deleteFlow(app);
  getFlowCloneInfo(app, deps);
  updateFlowDefinition(app, deps);
  updateFlowTask(app, deps);
  validateFlowDefinition(app, deps);
  listFlowVersions(app, deps);
  getFlowVersionSummaries(app, deps);
  getFlowVersion(app, deps);
  updateFlowVersionMetadata(app);
  restoreFlowVersion(app, deps);
  listFlowSummaries(app, deps);
  getFlowTags(app);
  getFlowMetadataKeys(app);
  getFlowMetadataValues(app);
  generateUploadUrl(app, deps);
  listFlowFiles(app, deps);
  reexecuteAfterUpdates(app, deps);
}
