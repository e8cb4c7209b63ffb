import type { FastifyRequest } from 'fastify';
import { type Id, parseId } from '#base';
import { findPrincipal } from './authenticate.ts';

/** Ids of the contract that a path may name; the same names stand in the log. */
const PATH_IDS = ['flow_id', 'flow_execution_id', 'task_execution_id'] as const;

/** Whose request it is and what its path names, as far as it is known: ids alone. */
export function idsOfRequest(request: FastifyRequest): Partial<Record<(typeof PATH_IDS)[number] | 'organization_id', Id>> {
  const params = (request.params ?? {}) as Record<string, string | undefined>;
  const named = PATH_IDS.flatMap((name) => {
    const id = parseId(params[name] ?? '');
    return id === undefined ? [] : [[name, id] as const];
  });
  const organizationId = findPrincipal(request)?.organizationId;
  return { ...(organizationId === undefined ? {} : { organization_id: organizationId }), ...Object.fromEntries(named) };
}

/** What a line of the log says of the request that it is about. */
export const aboutRequest = (request: FastifyRequest) => ({ request_id: request.id, ...idsOfRequest(request) });
