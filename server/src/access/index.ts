// Who is asking: passwords, sessions, access tokens and API keys become a Principal, read anew from the database for every request. What a
// principal may do is the API's table (src/api/permissions.ts). Nothing here knows flows or HTTP routes; secrets leave it once or never.
export type { Access } from './access.ts';
export { createAccess } from './access.ts';
export type { CreatedServiceAccount, NewOrganization, NewServiceAccount, NewUser } from './accounts.ts';
export type { NewApiKey } from './api-keys.ts';
export { makeApiKey } from './api-keys.ts';
export type { FirstStart, SetUp } from './first-start.ts';
export { openPlatformKey, opensPlatformKey } from './platform-keys.ts';
export type { Principal, Role } from './principal.ts';
export { ROLES } from './principal.ts';
export type { SecretPlace, SecretReader } from './secrets.ts';
export { createSecretReader, SecretUnreadableError, sealSecret, unsealSecret } from './secrets.ts';
export type { Refusal, Session, SignedInUser, SignIn, SignOutScope } from './sessions.ts';
export type { Ticket } from './tickets.ts';
