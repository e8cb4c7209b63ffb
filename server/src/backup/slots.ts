import type { OwnerConnection } from '#db';

/** The slot of the process that ships the log; what holds the log back is bounded by the server (max_slot_wal_keep_size). */
export const SLOT = 'flow_backup';

/** Any number, the same in every version: whoever holds the lock ships the log. */
const SHIPPING_LOCK = 4_202_514;

/** True where this session is now the one that ships. The lock falls with the session. */
export async function takeShippingLock(owner: OwnerConnection): Promise<boolean> {
  const [row] = await owner.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [SHIPPING_LOCK]);
  return row?.taken ?? false;
}

/** Keeps the log for as long as the session lives. */
export async function holdLog(owner: OwnerConnection): Promise<void> {
  await owner.query('select pg_create_physical_replication_slot($1 || pg_backend_pid(), true, true)', [`${SLOT}_`]);
}

/** The first segment that the lasting slot still keeps; undefined where there is no slot, or it has lost some. */
export async function findKeptSegment(owner: OwnerConnection): Promise<string | undefined> {
  const [row] = await owner.query<{ segment: string | null }>(
    `select pg_walfile_name(restart_lsn) as segment from pg_replication_slots
      where slot_name = $1 and wal_status in ('reserved', 'extended') and restart_lsn is not null`,
    [SLOT],
  );
  return row?.segment ?? undefined;
}

/** Makes the lasting slot anew, from here on. */
export async function renewSlot(owner: OwnerConnection): Promise<void> {
  await owner.query('select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1', [SLOT]);
  await owner.query('select pg_create_physical_replication_slot($1, true)', [SLOT]);
}

/** The log before this position lies in the archive: the server may recycle it. */
export async function letGo(owner: OwnerConnection, position: string): Promise<void> {
  await owner.query('select pg_replication_slot_advance($1, $2::pg_lsn)', [SLOT, position]);
}
