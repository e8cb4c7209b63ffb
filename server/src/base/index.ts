// What every folder stands on: errors, ids, JSON, configuration, the log. It knows nothing of flows, tenants or HTTP, and imports nothing of ours.

export { addressRule } from './address-rule.ts';
export type { Config, ConfigFlags, ListedSetting } from './config.ts';
export { childEnvironment, findUnknownVariables, listSettings, readConfig } from './config.ts';
export { type EgressCode, EgressError } from './egress-error.ts';
export type { ErrorCode, ErrorDetails, FieldFault } from './errors.ts';
export {
  badRequest,
  conflict,
  ERROR_CODES,
  FlowError,
  forbidden,
  invalidDefinition,
  notFound,
  payloadTooLarge,
  serviceUnavailable,
  unauthorized,
  validationError,
} from './errors.ts';
export type { NameLookup } from './guarded-agent.ts';
export type { Id } from './ids.ts';
export { firstIdOf, isRequestId, newId, newRequestId, parseId, timeOfId } from './ids.ts';
export type { Json, JsonObject, JsonSchema } from './json.ts';
export { isJsonObject } from './json.ts';
export type { Log, TaskLog } from './log.ts';
export { createLog } from './log.ts';
export { faultOfUrl } from './outgoing-request.ts';
export { redactJson, redactText, type SecretForm, secretForms } from './redact.ts';
export { retryAfterMs } from './retry-after.ts';
export type { CallOut, CallOutInit, SafeFetch, SafeFetchOptions } from './safe-fetch.ts';
export { createSafeFetch } from './safe-fetch.ts';
export { deriveKey, seal, unseal } from './seal.ts';
export type { Setting } from './settings.ts';
export { SETTINGS } from './settings.ts';
export type { SpanAttributes } from './span-attributes.ts';
export { allowedAttributes, SPAN_ATTRIBUTES } from './span-attributes.ts';
export type { ActiveTrace } from './trace-context.ts';
export { activeTrace, parseTraceparent, splitTraceparent, withinTrace } from './trace-context.ts';
