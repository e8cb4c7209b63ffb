// The definition language: a text or an object becomes a definition, a definition and what executors say of themselves become a plan, and a
// plan resolves the values that a task is about to run with. Everything that is wrong is found at once and told with its place.
// It is pure: no I/O, no clock, no tenant. It knows no executor and no engine; both meet it by the interfaces below.
export { type CheckedDefinition, checkDefinition, checkParsedDefinition } from './check-definition.ts';
export { checkSchema, type SchemaFault } from './check-schemas.ts';
export { type CompiledCel, compileCel, evaluateCel } from './compile-cel.ts';
export type { Dependency, Edge, FlowDefinition, ParsedDefinition, TaskDefinition } from './definition.ts';
export type { ExecutorFacts, ExecutorLookup } from './executor-facts.ts';
export { type Fault, formatFault, type Loc, type Position, type Severity, toErrorDetails } from './fault.ts';
export type { ExpressionReference } from './find-cel-references.ts';
export { findCelReferences, findLiquidReferences } from './find-expression-references.ts';
export { canonicalJson, fingerprint } from './fingerprint.ts';
export { parseDefinition } from './parse-definition.ts';
export { parseDuration } from './parse-duration.ts';
export type { PassedValue, Plan, PlannedTask, Predecessor, ReferenceMode, RetryPolicy, RunIf, TaskResolver, TaskScope } from './plan.ts';
export { planFlow } from './plan-flow.ts';
export { planForTrigger } from './plan-for-trigger.ts';
export { type PlannedVersion, type PlannedVersions, plannedVersions } from './planned-versions.ts';
export { type CompiledLiquid, compileLiquid, renderLiquid } from './render-liquid.ts';
export { ResolutionError } from './resolution-error.ts';
export type { ExpressionScope } from './scope-roots.ts';
export { stripServerKeys } from './strip-server-keys.ts';
