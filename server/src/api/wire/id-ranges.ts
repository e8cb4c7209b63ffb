import type { Id } from '#base';

const MAX_TIME = 2 ** 48 - 2; // what the 48 bits of an id's time can hold, with one left for what comes after it

/** The lowest id that a millisecond can have: ids begin with their time, so a range of time is a range of the primary key. */
export function firstIdOf(time: Date): Id {
  const milliseconds = Math.min(Math.max(time.getTime(), 0), MAX_TIME);
  const hex = milliseconds.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

/** The lowest id of the millisecond that follows. */
export const firstIdAfter = (time: Date): Id => firstIdOf(new Date(time.getTime() + 1));

/**
 * What comes after a place in a list that is ordered by creation, newest first, in ids: of rows that were created when their ids were made, what follows
 * a cursor of any kind is one range. Of the cursor's own millisecond, the lower ids follow.
 */
export function firstIdBefore(cursor: { createdAt: Date; id: Id }): Id {
  const low = firstIdOf(cursor.createdAt);
  const high = firstIdAfter(cursor.createdAt);
  return [low, cursor.id, high].sort()[1] as Id;
}
