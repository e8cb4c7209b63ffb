import type { Id } from '#base';
import { executionChanged } from './changes.ts';
import type { EngineParts } from './engine-parts.ts';

/** Executions that one tick looks at: bounds its time where many wait beside work that goes on. The next tick looks at the next. */
const PAGE = 1_000;

/** Executions that one transaction parks, and so holds against their settles for some milliseconds. */
const PARK_BATCH = 100;

const FIRST = '00000000-0000-0000-0000-000000000000';

/** Where the next look begins. */
export interface IdleCursor {
  organizationId: Id;
  id: Id;
}

export const newIdleCursor = (): IdleCursor => ({ organizationId: FIRST, id: FIRST });

interface IdleRow {
  organization_id: Id;
  id: Id;
  idle: boolean;
}

interface ParkedRow {
  kind: 'parked' | 'promoted';
  organization_id: Id;
  id: Id;
  flow_id: Id;
}

/**
 * Executions of which all that is open waits for events give their slots to those that are queued (core.md 1.6). Answers how many were parked. Exact:
 * each is locked against its settles, looked at again and parked in one transaction.
 */
export async function parkExecutions(parts: EngineParts, cursor: IdleCursor): Promise<number> {
  const rows = await parts.run<IdleRow>('find-idle', [cursor.organizationId, cursor.id, PAGE]);
  const last = rows.find(({ idle }) => !idle);
  cursor.organizationId = last?.organization_id ?? FIRST;
  cursor.id = last?.id ?? FIRST;
  return parkIdle(
    parts,
    rows.filter((row) => row.idle),
  );
}

/** Parks those of the given executions that still have nothing to do, some at a time. Answers how many. */
export async function parkIdle(parts: EngineParts, idle: readonly Omit<IdleRow, 'idle'>[]): Promise<number> {
  let parked = 0;
  for (let from = 0; from < idle.length; from += PARK_BATCH) parked += await parkBatch(parts, idle.slice(from, from + PARK_BATCH));
  return parked;
}

async function parkBatch(parts: EngineParts, idle: readonly Omit<IdleRow, 'idle'>[]): Promise<number> {
  const moved = await parts.db.transaction(async (query) => {
    const run = parts.within(query);
    const ids = [idle.map((row) => row.organization_id), idle.map(({ id }) => id)];
    const locked = await run<{ organization_id: Id; id: Id; slot: number | null }>('lock-idle', ids);
    if (locked.length === 0) return [];
    return run<ParkedRow>('park-executions', [
      locked.map((row) => row.organization_id),
      locked.map(({ id }) => id),
      locked.map(({ slot }) => slot),
    ]);
  });
  parts.events.publish(moved.map(executionChanged));
  return moved.filter(({ kind }) => kind === 'parked').length;
}
