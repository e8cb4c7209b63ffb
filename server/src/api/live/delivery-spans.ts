import type { Id } from '#base';
import type { ChangeEvent } from '#events';
import type { OpenSpan, Tracing } from '#telemetry';
import type { TenantTransaction } from '../flow-app.ts';

/** The traces that the runs of these events belong to, by run. Index: the key of flow_executions. */
export async function readTraces(tx: TenantTransaction, organizationId: Id, events: readonly ChangeEvent[]): Promise<Map<Id, string>> {
  const ids = [...new Set(events.map(({ flowExecutionId }) => flowExecutionId))];
  const rows = await tx
    .selectFrom('flowExecutions')
    .select(['id', 'traceparent'])
    .where('organizationId', '=', organizationId)
    .where('id', 'in', ids)
    .where('traceparent', 'is not', null)
    .execute();
  return new Map(rows.map(({ id, traceparent }) => [id, traceparent as string]));
}

/** One span a run for what is being told of it to one reader: the last of a trace that began with a request. */
export function beginDeliveries(tracing: Tracing, traces: ReadonlyMap<Id, string>, events: readonly ChangeEvent[]): OpenSpan[] {
  return [...traces].map(([flowExecutionId, parent]) => {
    const ofRun = events.filter((event) => event.flowExecutionId === flowExecutionId);
    const [first] = ofRun;
    const attributes = {
      'flow.organization_id': first?.organizationId,
      'flow.flow_id': first?.flowId,
      'flow.flow_execution_id': flowExecutionId,
      'flow.events': ofRun.length,
    };
    return tracing.begin('deliver events', { kind: 'producer', parent, attributes });
  });
}
