import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { FlowError } from '#base';
import type { Platform } from '#platform';

export interface KeptAccount {
  organizationId: string;
  apiKey: string;
}

export interface AccountWanted {
  /** Where password and key are kept, readable by its owner alone. */
  file: string;
  organizationName: string;
  /** Name of the service account whose key it is. */
  name: string;
  /** What its key may do; default integration. */
  role?: 'integration' | 'org_admin';
  /** Also a user with this address, an administrator, whose password is in the file. */
  email?: string;
}

interface KeptRecord {
  organization_id?: string;
  email?: string;
  password?: string;
  api_key?: string;
}

/**
 * An organization and a key of it for a program on this machine: made once, then read from a file of the data folder. What was cut short is
 * completed by the next call, and what somebody has deleted since is made anew.
 */
export async function keepAccount(platform: Platform, wanted: AccountWanted): Promise<KeptAccount> {
  const kept = await readRecord(wanted.file);
  const organizationId = await findOrMakeOrganization(platform, wanted.organizationName);
  const record: KeptRecord = { ...kept, organization_id: organizationId };
  if (wanted.email !== undefined) await makeUser(platform, organizationId, wanted.email, record, wanted.file);
  if (kept.api_key !== undefined && (await opens(platform, kept.api_key, organizationId))) return { organizationId, apiKey: kept.api_key };
  const { token } = await platform.access.createServiceAccount({ organizationId, name: wanted.name, role: wanted.role ?? 'integration' });
  await writeRecord(wanted.file, { ...record, api_key: token });
  return { organizationId, apiKey: token };
}

async function findOrMakeOrganization(platform: Platform, name: string): Promise<string> {
  const find = () =>
    platform.database.engineDb.query<{ id: string }>('cli-organization', 'select id from organizations where name = $1', [name]);
  const [found] = await find();
  if (found) return found.id;
  try {
    return (await platform.access.createOrganization({ name })).id;
  } catch (error) {
    const [made] = isConflict(error) ? await find() : []; // by another command at the same moment
    if (!made) throw error;
    return made.id;
  }
}

/** The password is in the file before it is anybody's, so that it is never lost between the two. */
async function makeUser(platform: Platform, organizationId: string, email: string, record: KeptRecord, file: string): Promise<void> {
  const text = 'select id from users where lower(email) = lower($1) and deleted_at is null';
  if ((await platform.database.engineDb.query('cli-user', text, [email])).length > 0) return;
  record.email = email;
  record.password ??= randomBytes(12).toString('base64url');
  await writeRecord(file, record);
  try {
    await platform.access.createUser({ organizationId, email, password: record.password, role: 'org_admin' });
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
}

async function opens(platform: Platform, apiKey: string, organizationId: string): Promise<boolean> {
  try {
    return (await platform.access.authenticateCredential(apiKey)).organizationId === organizationId;
  } catch (error) {
    if (error instanceof FlowError && error.status < 500) return false;
    throw error;
  }
}

const isConflict = (error: unknown) => error instanceof FlowError && error.code === 'conflict';

async function readRecord(file: string): Promise<KeptRecord> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as KeptRecord;
  } catch {
    return {}; // the first run, or a file that is none of ours: made anew
  }
}

async function writeRecord(file: string, record: KeptRecord): Promise<void> {
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, file);
}
