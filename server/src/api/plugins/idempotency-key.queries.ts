import { sql } from 'kysely';
import type { Id } from '#base';
import type { TenantTransaction } from '../flow-app.ts';

/** One key of one caller for one operation (core.md G5). */
export interface KeyPlace {
  organizationId: Id;
  principalId: Id;
  operation: string;
  key: string;
  /** The call that asks. While it holds the key its id stands where the answer's headers will: what is said of a key counts from its holder alone. */
  callId: Id;
}

export interface KeptAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** What is known of a key that another call holds, or has been answered under. */
export interface KeyState {
  bodyHash: Buffer;
  status: number | null;
  headers: Record<string, string> | null;
  body: string | null;
}

export interface TakenKey {
  /** Since when it counts. */
  createdAt: Date;
  /** Another call has held it: the work may be done. */
  isRepeated: boolean;
  /** The work is done, and its answer was too large to keep. */
  wasAnswered: boolean;
}

const KEPT_HOURS = 24; // core.md G5
/**
 * How long a call holds its key. Longer than any call takes (`Prefer: wait` and the limits of its statements together): a call that has not
 * answered by then died with its process, and the next one with the key takes its place.
 */
const HELD_SECONDS = 120;

const at = ({ organizationId, principalId, operation, key }: KeyPlace) =>
  sql`organization_id = ${organizationId} and principal_id = ${principalId} and route = ${operation} and key = ${key}`;

const heldBy = (place: KeyPlace) => sql`${at(place)} and headers ->> 'held_by' = ${place.callId}`;

/**
 * Takes the key, where it is new, expired, or left by a call that did not answer, and was for the same body. Undefined where it cannot be had.
 * Primary key.
 */
export async function takeKey(tx: TenantTransaction, place: KeyPlace, bodyHash: Buffer): Promise<TakenKey | undefined> {
  const { organizationId, principalId, operation, key, callId } = place;
  const { rows } = await sql<TakenKey>`
    insert into idempotency_keys as k (organization_id, principal_id, route, key, headers, body_hash, held_until, expires_at)
    values (${organizationId}, ${principalId}, ${operation}, ${key}, ${JSON.stringify({ held_by: callId })}::json, ${bodyHash}, now() + make_interval(secs => ${sql.lit(HELD_SECONDS)}),
      now() + make_interval(hours => ${sql.lit(KEPT_HOURS)}))
    on conflict (organization_id, principal_id, route, key) do update
      set held_until = excluded.held_until, headers = excluded.headers, body_hash = excluded.body_hash,
          status = case when k.expires_at > now() then k.status end,
          created_at = case when k.expires_at > now() then k.created_at else excluded.created_at end,
          expires_at = case when k.expires_at > now() then k.expires_at else excluded.expires_at end
      where k.expires_at <= now() or (k.body_hash = excluded.body_hash and k.body is null and k.held_until <= now())
    returning k.created_at, k.xmax <> 0 as is_repeated, k.status is not null as was_answered`.execute(tx);
  return rows[0];
}

export async function findKey(tx: TenantTransaction, place: KeyPlace): Promise<KeyState | undefined> {
  const { rows } = await sql<KeyState>`
    select body_hash, status, headers, body from idempotency_keys where ${at(place)} and expires_at > now()`.execute(tx);
  return rows[0];
}

/** Keeps what was answered. Without a body, it was too large to keep: the next call makes the answer anew from what is there. */
export async function keepAnswer(
  tx: TenantTransaction,
  place: KeyPlace,
  { status, headers, body }: Omit<KeptAnswer, 'body'> & { body: string | null },
): Promise<void> {
  await sql`update idempotency_keys set status = ${status}, headers = ${JSON.stringify(headers)}::json, body = ${body}, held_until = now()
    where ${heldBy(place)} and body is null`.execute(tx);
}

/** Lets the next call take the key, for the same body: this one may have done its work or not. */
export async function giveKeyBack(tx: TenantTransaction, place: KeyPlace): Promise<void> {
  await sql`update idempotency_keys set held_until = now() where ${heldBy(place)} and body is null`.execute(tx);
}

/** Forgets the key: nothing was done under it. */
export async function forgetKey(tx: TenantTransaction, place: KeyPlace): Promise<void> {
  await sql`delete from idempotency_keys where ${heldBy(place)} and status is null`.execute(tx);
}
