import type { FastifyRequest } from 'fastify';
import { badRequest, type Id, notFound, parseId } from '#base';
import type { QueueState } from '#engine';
import { asksModel } from '#models';
import type { ApiDeps } from '../deps.ts';
import { isFlowListed } from '../flow-executions/flow-execution.queries.ts';
import type { QueueKind } from './queue.wire.ts';

/** One queue of the caller's organization. */
export interface QueueName {
  kind: QueueKind;
  name: string;
}

/** Throws not_found for a flow that the caller does not see, an executor or a model that there is not, and bad_request for an organization with a name. */
export async function proveQueue(request: FastifyRequest, deps: ApiDeps, { kind, name }: QueueName): Promise<void> {
  const { principal } = request;
  switch (kind) {
    case 'organization':
      if (name !== '') throw badRequest('The queue of the organization has no name: leave it empty');
      return;
    case 'flow': {
      const id = parseId(name);
      if (id === undefined || !(await request.tenant((tx) => isFlowListed(tx, principal, id), { readOnly: true })))
        throw notFound('Flow', name);
      return;
    }
    case 'executor':
      if (deps.catalogue.get(name) === undefined) throw notFound('Task executor', name);
      return;
    case 'model':
      if (!deps.models.list().some((model) => model.name === name)) throw notFound('Model', name);
  }
}

/** A page of the queues of a kind, of the caller's organization. */
export async function readQueues(
  deps: ApiDeps,
  organizationId: Id,
  kind: QueueKind,
  page: { after: string; limit: number; name?: string },
): Promise<QueueState[]> {
  const { queues } = deps.engine;
  switch (kind) {
    case 'organization':
      return page.after === '' ? queues.listOrganizations(organizationId, { after: '', limit: page.limit }) : [];
    case 'flow':
      return queues.listFlows(organizationId, { ...page, ...(page.name === undefined ? {} : { flowId: page.name }) });
    case 'executor':
    case 'model': {
      if (page.name !== undefined)
        return only(await queues.listNamed({ organizationId, kind }, [page.name], { after: '', limit: 1_000 }), page.name);
      const all = kind === 'executor' ? deps.catalogue.list() : deps.models.list();
      return queues.listNamed(
        { organizationId, kind },
        all.map(({ name }) => name),
        page,
      );
    }
  }
}

const only = (states: QueueState[], name: string): QueueState[] => states.filter((state) => state.name === name);

/** Of a paused queue: how many of its tasks were begun before and still run. */
export async function countDraining(deps: ApiDeps, state: QueueState): Promise<number | null> {
  if (state.pausedAt === null) return null;
  return (await deps.engine.queues.findRunning(state, { pausedAt: state.pausedAt, modelExecutors: modelExecutors(deps) })).tasks;
}

export const modelExecutors = ({ catalogue }: Pick<ApiDeps, 'catalogue'>): string[] =>
  catalogue
    .list()
    .filter(asksModel)
    .map(({ name }) => name);
