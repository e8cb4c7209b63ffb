import type { Principal } from '#access';
import { FlowError, forbidden, type Id, notFound, parseId } from '#base';
import type { ApiDeps } from '../deps.ts';
import { findVisibleExecution } from '../flow-executions/flow-execution.queries.ts';
import { getVisibleFlowId } from '../flows/flow.queries.ts';
import { isPermitted } from '../permissions.ts';
import { type Credentials, proveStill } from './socket-credentials.ts';

/** What a reader asks to hear of, as it was sent. */
export interface WatchedThings {
  flowId: string;
  flowExecutionId?: string | undefined;
}

/** A reader that may hear of a flow. */
export interface Admission {
  principal: Principal;
  flowId: Id;
  flowExecutionId: Id | undefined;
}

/** Whether this caller may watch at all, and sees the flow, and the run where it asks for one. Throws forbidden or not_found. */
export async function admit(deps: ApiDeps, principal: Principal, watched: WatchedThings): Promise<Admission> {
  if (!isPermitted(principal, 'watch_flow')) throw forbidden(`The role ${principal.role} may not watch flows`);
  const scope = { organizationId: principal.organizationId, principalId: principal.id, role: principal.role };
  const sentId = parseId(watched.flowId);
  if (sentId === undefined) throw notFound('Flow');
  return deps.tenant.transaction(
    scope,
    async (tx) => {
      const flowId = await getVisibleFlowId(tx, principal, sentId);
      const { flowExecutionId: sent } = watched;
      if (sent === undefined || sent === '') return { principal, flowId, flowExecutionId: undefined };
      const id = parseId(sent);
      const execution = id === undefined ? undefined : await findVisibleExecution(tx, principal, id, { includeDeleted: true });
      if (execution?.flowId !== flowId) throw notFound('Flow execution', sent);
      return { principal, flowId, flowExecutionId: execution.id };
    },
    { readOnly: true },
  );
}

/**
 * Asks anew whether an admitted reader may still be there: a token expires, a role or the flow goes. Throws what ends it; a database that
 * does not answer ends nothing.
 */
export async function admitAgain(deps: ApiDeps, credentials: Credentials, admission: Admission): Promise<void> {
  try {
    const principal = await proveStill(deps.access, credentials, admission.principal);
    if (principal.role !== admission.principal.role) throw forbidden('The role has changed; connect again');
    await admit(deps, principal, { flowId: admission.flowId });
  } catch (error) {
    if (error instanceof FlowError && error.status < 500) throw error;
    const about = { organization_id: admission.principal.organizationId, flow_id: admission.flowId };
    deps.log.warn({ err: error, ...about }, 'the rights of a reader could not be checked');
  }
}
