import type { FastifyRequest } from 'fastify';
import type { ApiDeps } from '../deps.ts';
import type { Author } from './flow.store.ts';

/** The caller as one who writes flows. */
export const authorOf = (request: FastifyRequest, deps: ApiDeps): Author => ({
  organizationId: request.principal.organizationId,
  principalId: request.principal.id,
  modifiedBy: request.principal.modifiedBy,
  uniqueFlowNames: deps.config.uniqueFlowNames,
});
