import { firstIdOf, type Id } from '#base';

export { firstIdOf };

/** The lowest id of the millisecond that follows. */
export const firstIdAfter = (time: Date): Id => firstIdOf(new Date(time.getTime() + 1));
