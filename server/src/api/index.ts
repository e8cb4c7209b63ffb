// The wire: HTTP, WebSocket and SSE in front of everything below it. One folder a tag, one file an operation; it keeps no state of its own
// and starts no work: what a request sets in motion, the engine moves.
export { createApi } from './app.ts';
export type { ApiDeps } from './deps.ts';
