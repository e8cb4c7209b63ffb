import type { Id } from '#base';
import type { TenantScope } from '#db';

/** The organization of a signed URL, proven by its signature; nobody in particular acts. */
export const signedScope = (organizationId: Id): TenantScope => ({ organizationId, principalId: 'signed-url', role: 'integration' });
