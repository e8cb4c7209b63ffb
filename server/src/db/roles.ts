import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import type { Client } from 'pg';
import { deriveKey } from '#base';
import { repeatOnCollision } from './failures.ts';

/** The logins of the platform beside the owner. Neither owns anything, nor may it get past a policy. */
export const ROLES = ['flow_api', 'flow_engine'] as const;
export type Role = (typeof ROLES)[number];

/**
 * Every lookup of the engine is a nested loop over an index; a generic plan made while a table is empty must not become a scan of it later
 * (it once made a claim 8 times slower). A transaction that its process has forgotten is ended: it would hold back vacuum everywhere.
 */
const SETTINGS: Record<Role, Record<string, string>> = {
  flow_api: { statement_timeout: '30s', idle_in_transaction_session_timeout: '60s', timezone: 'UTC' },
  flow_engine: {
    statement_timeout: '60s',
    idle_in_transaction_session_timeout: '60s',
    timezone: 'UTC',
    plan_cache_mode: 'force_generic_plan',
    enable_seqscan: 'off',
    enable_hashjoin: 'off',
    enable_mergejoin: 'off',
    enable_bitmapscan: 'off',
    jit: 'off',
  },
};

const rolePassword = (role: Role, encryptionKey: Buffer) => deriveKey(encryptionKey, `role/${role}`).toString('base64url');

/** The owner's URL with the role's login in it. All machines that share the encryption key come to the same password. */
export function roleUrl(ownerUrl: string, role: Role, encryptionKey: Buffer): string {
  const url = new URL(ownerUrl);
  url.username = role;
  url.password = rolePassword(role, encryptionKey);
  return url.href;
}

/**
 * Makes the roles or renews their passwords and settings. The owner needs CREATEROLE, no more. Roles belong to the whole server, so several
 * databases of one server share them, and must share the encryption key.
 */
export async function makeRoles(owner: Client, encryptionKey: Buffer): Promise<void> {
  const { rows } = await owner.query<{ rolname: string }>('select rolname from pg_roles where rolname = any($1)', [ROLES]);
  const present = new Set(rows.map((row) => row.rolname));
  for (const role of ROLES) {
    const word = present.has(role) ? 'alter' : 'create';
    await repeatOnCollision(() =>
      owner.query(`${word} role ${role} with login password '${scramVerifier(rolePassword(role, encryptionKey), role)}'`),
    );
    for (const [name, value] of Object.entries(SETTINGS[role])) {
      await repeatOnCollision(() => owner.query(`alter role ${role} set ${name} = '${value}'`));
    }
  }
}

/** Lets the roles in, and lets nobody but the owner make anything in this database. */
export async function openDatabaseToRoles(owner: Client): Promise<void> {
  const { rows } = await owner.query<{ name: string }>('select quote_ident(current_database()) as name');
  const roles = ROLES.join(', ');
  await owner.query(`grant connect on database ${rows[0]?.name} to ${roles}`);
  await owner.query(`revoke temporary on database ${rows[0]?.name} from public`);
  await owner.query(`grant usage on schema public to ${roles}`);
  await owner.query('revoke create on schema public from public');
}

/** What PostgreSQL keeps instead of a password (RFC 5803). Sent in its place, so that the password is in no server's log. */
function scramVerifier(password: string, role: Role): string {
  const iterations = 4096;
  const salt = createHash('sha256').update(`${role}/${password}`).digest().subarray(0, 16);
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const sign = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const storedKey = createHash('sha256').update(sign(salted, 'Client Key')).digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${sign(salted, 'Server Key').toString('base64')}`;
}
