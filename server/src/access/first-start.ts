import { timingSafeEqual } from 'node:crypto';
import { type Id, unauthorized } from '#base';
import type { EngineDatabase } from '#db';
import { insertOrganization, insertUser } from './accounts.ts';
import { hashToken } from './api-keys.ts';
import { openPlatformKey } from './platform-keys.ts';

type Query = EngineDatabase['query'];

const FIRST_ORGANIZATION = 'My organization';
const LOCK = 'first-start';

/** What the first person gives. */
export interface SetUp {
  email: string;
  password: string;
  organizationName?: string;
}

/** `ready`: somebody can sign in. `set_up`: nobody can; the token, once, makes the first administrator. */
export type FirstStart = { state: 'ready' } | { state: 'set_up'; token: string };

const hasUsers = async (query: Query): Promise<boolean> => (await query('first-start-users', 'select 1 from users limit 1', [])).length > 0;

/** Makes the first organization and its org_admin, unless any user exists. Calls wait for each other on the lock's row. */
function createFirst(engineDb: EngineDatabase, setUp: SetUp): Promise<{ organizationId: Id; userId: Id } | undefined> {
  return engineDb.transaction(async (query) => {
    await query('first-start-lock', 'select 1 from platform_keys where name = $1 for update', [LOCK]);
    if (await hasUsers(query)) return undefined;
    const organization = await insertOrganization(query, { name: setUp.organizationName ?? FIRST_ORGANIZATION });
    const user = await insertUser(query, {
      organizationId: organization.id,
      email: setUp.email,
      password: setUp.password,
      role: 'org_admin',
    });
    return { organizationId: organization.id, userId: user.id };
  });
}

const tokenOf = (key: Buffer): string => key.toString('base64url');

/**
 * Called at each start. While there is no user: makes the administrator that the configuration names, or answers the set-up token, the same
 * in every process.
 */
export async function prepareFirstStart(engineDb: EngineDatabase, encryptionKey: Buffer, admin?: SetUp): Promise<FirstStart> {
  const key = await openPlatformKey(engineDb, encryptionKey, LOCK);
  if (await hasUsers(engineDb.query.bind(engineDb))) return { state: 'ready' };
  if (!admin) return { state: 'set_up', token: tokenOf(key) };
  await createFirst(engineDb, admin);
  return { state: 'ready' };
}

/** Spends the set-up token: worth nothing as soon as any user exists. Throws unauthorized where it is wrong or spent. */
export async function consumeSetupToken(
  engineDb: EngineDatabase,
  encryptionKey: Buffer,
  token: string,
  setUp: SetUp,
): Promise<{ organizationId: Id; userId: Id }> {
  const key = await openPlatformKey(engineDb, encryptionKey, LOCK);
  const isRight = timingSafeEqual(hashToken(token), hashToken(tokenOf(key)));
  const created = isRight ? await createFirst(engineDb, setUp) : undefined;
  if (!created) throw unauthorized('invalid');
  return created;
}
