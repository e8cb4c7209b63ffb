import type { FastifyRequest } from 'fastify';
import type { Principal } from '#access';
import { FlowError, forbidden } from '#base';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { findSocketCredentials, prove } from '../live/socket-credentials.ts';
import { isPermitted, isReading, type Operation, PERMISSIONS } from '../permissions.ts';

const proven = new WeakMap<FastifyRequest, Principal>();

/** Who asks, where somebody was proven; undefined on public routes. For limits and logs; routes read `request.principal`. */
export const findPrincipal = (request: FastifyRequest): Principal | undefined => proven.get(request);

function checkRights(principal: Principal, operation: Operation, method: string): void {
  if (!isPermitted(principal, operation)) throw forbidden(`The role ${principal.role} may not do this`);
  if (!principal.mayWrite && !isReading(operation, method)) {
    throw new FlowError('organization_inactive', 'The organization is inactive: it may be read, not changed');
  }
}

/** Before the body is read: credentials, then the right (permissions.ts). Gives requests `principal` and `tenant`. */
export function useAuthentication(app: FlowApp, deps: ApiDeps): void {
  app.decorateRequest('principal', {
    getter(this: FastifyRequest): Principal {
      const principal = proven.get(this);
      if (!principal) throw new Error('This operation is public: nobody was authenticated');
      return principal;
    },
  });
  app.decorateRequest('tenant', function tenant(this: FastifyRequest, work, options) {
    const { organizationId, id, role } = this.principal;
    return deps.tenant.transaction({ organizationId, principalId: id, role }, work, options);
  });
  app.addHook('onRequest', async (request) => {
    const { operation, credentialsInQuery } = request.routeOptions.config;
    if (operation === undefined || PERMISSIONS[operation] === 'public') return;
    const principal = await prove(
      deps.access,
      (credentialsInQuery && findSocketCredentials(request.headers, request.query)) || { headers: request.headers },
    );
    proven.set(request, principal);
    checkRights(principal, operation, request.method);
  });
}
