/**
 * The API of Flow Platform for TypeScript and JavaScript: every operation typed, and the few things that take several calls.
 * Needs a `fetch`: Node 22, Deno, Bun, a browser.
 */
export type { components, operations, paths } from './api.ts';
export { ApiError } from './api-error.ts';
export { createFlowClient, dataOf, type FlowClient, type FlowClientOptions } from './create-flow-client.ts';
export { type PublishedFlow, publishFlow } from './publish-flow.ts';
export { type FileToUpload, type UploadedFile, uploadFile } from './upload-file.ts';
export { hasEnded, type RunState, type StartOptions, startRun, watchRun } from './watch-run.ts';
