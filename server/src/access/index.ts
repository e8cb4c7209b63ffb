export type { Principal, Role } from './principal.ts';
export { ROLES } from './principal.ts';
