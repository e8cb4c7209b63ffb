// What the platform says of itself to whoever runs it: counts of this process, the state of the whole as its rows show it, a verdict, and spans for a
// collector. It watches and never acts: nothing here moves a run, and whatever fails here fails nobody's request. It says ids and words of ours,
// never a name that a user gave, never a value.
export { createMetrics, type Metrics } from './metrics.ts';
export { type OperatorAnswer, type OperatorPort, openOperatorPort } from './operator-port.ts';
export { createStateReader, type PlatformState, type StateReader } from './platform-state.ts';
export { startTracing } from './start-tracing.ts';
export { stateMetrics } from './state-metrics.ts';
export { type OpenSpan, type SpanStart, type Tracing, traced } from './tracing.ts';
export { judge, unreadable, type Verdict } from './verdict.ts';
