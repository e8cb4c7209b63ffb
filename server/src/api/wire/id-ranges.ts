import { firstIdOf, type Id } from '#base';

export { firstIdOf };

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
