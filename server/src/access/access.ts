import type { IncomingHttpHeaders } from 'node:http';
import { type Config, type Id, type Log, notFound, unauthorized } from '#base';
import type { EngineDatabase } from '#db';
import { signAnonKey } from './access-tokens.ts';
import * as accounts from './accounts.ts';
import { authenticateCredential, findCredential, proveAgain } from './authenticate.ts';
import { consumeSetupToken, type FirstStart, prepareFirstStart, type SetUp } from './first-start.ts';
import { openPlatformKey } from './platform-keys.ts';
import type { Principal } from './principal.ts';
import * as sessions from './sessions.ts';
import { createTicket, type Ticket, useTicket } from './tickets.ts';

/** Who is who: proves credentials, opens sessions, makes accounts. Everything here reads the database as it is now; nothing is cached. */
export interface Access {
  /** Who sent these headers (core.md 1.1). Throws unauthorized, saying whether credentials were missing or bad. */
  authenticate(headers: IncomingHttpHeaders): Promise<Principal>;
  /** The same for a credential that came another way, such as a WebSocket's first message: a JWT or an API key. */
  authenticateCredential(credential: string): Promise<Principal>;
  /** Somebody who was proven before, with the rights of now. Throws unauthorized where the session or the key has ended since. */
  proveAgain(principal: Principal): Promise<Principal>;
  /** What stands for the caller where no header can be sent: one connection, within 30 seconds. */
  createTicket(principal: Principal): Promise<Ticket>;
  /** Uses a ticket up: who made it, with the rights of now. Throws unauthorized. */
  useTicket(ticket: string): Promise<Principal>;
  /** The JWT that GoTrue's clients send as `apikey`. */
  anonKey: string;
  signIn(email: string, password: string): Promise<sessions.SignIn>;
  refresh(refreshToken: string): Promise<sessions.SignIn>;
  /** Opens a session without asking for a password: for the demo and for whoever proved the user otherwise. Throws not_found. */
  openSession(organizationId: Id, userId: Id, method: string): Promise<sessions.Session>;
  /** Ends sessions of a user's principal; nothing where it is a service account. */
  signOut(principal: Principal, scope: sessions.SignOutScope): Promise<void>;
  findUser(organizationId: Id, userId: Id): Promise<sessions.SignedInUser | undefined>;
  createOrganization(organization: accounts.NewOrganization): Promise<{ id: Id }>;
  createUser(user: accounts.NewUser): Promise<{ id: Id }>;
  createServiceAccount(account: accounts.NewServiceAccount): Promise<accounts.CreatedServiceAccount>;
  /** At each start: the administrator of the configuration, or the token of a set-up link. */
  prepareFirstStart(admin?: SetUp): Promise<FirstStart>;
  consumeSetupToken(token: string, setUp: SetUp): Promise<{ organizationId: Id; userId: Id }>;
}

/**
 * Opens the installation's signing key, made on first use. Throws, with what to do, where config.encryptionKey is not the key that the
 * database was sealed with.
 */
export async function createAccess(options: {
  engineDb: EngineDatabase;
  config: Pick<Config, 'encryptionKey'>;
  log: Log;
}): Promise<Access> {
  const { engineDb, config } = options;
  const signingKey = await openPlatformKey(engineDb, config.encryptionKey, 'access-tokens');
  const prove = (credential: string) => authenticateCredential(engineDb, signingKey, credential);
  return {
    async authenticate(headers) {
      const credential = findCredential(headers);
      if (credential === undefined) throw unauthorized('missing');
      return prove(credential);
    },
    authenticateCredential: prove,
    proveAgain: (principal) => proveAgain(engineDb, principal),
    createTicket: (principal) => createTicket(engineDb, principal),
    useTicket: async (ticket) => proveAgain(engineDb, await useTicket(engineDb, ticket)),
    anonKey: await signAnonKey(signingKey),
    signIn: (email, password) => sessions.signInByPassword(engineDb, signingKey, email, password),
    refresh: (refreshToken) => sessions.refreshSession(engineDb, signingKey, refreshToken),
    async openSession(organizationId, userId, method) {
      const user = await sessions.findUser(engineDb, organizationId, userId);
      if (!user) throw notFound('User', userId);
      return sessions.openSession(engineDb, signingKey, user, method);
    },
    async signOut({ organizationId, id: userId, sessionId }, scope) {
      if (sessionId !== undefined) await sessions.endSessions(engineDb, { organizationId, userId, sessionId }, scope);
    },
    findUser: (organizationId, userId) => sessions.findUser(engineDb, organizationId, userId),
    createOrganization: (organization) => accounts.createOrganization(engineDb, organization),
    createUser: (user) => accounts.createUser(engineDb, user),
    createServiceAccount: (account) => accounts.createServiceAccount(engineDb, account),
    prepareFirstStart: (admin) => prepareFirstStart(engineDb, config.encryptionKey, admin),
    consumeSetupToken: (token, setUp) => consumeSetupToken(engineDb, config.encryptionKey, token, setUp),
  };
}
