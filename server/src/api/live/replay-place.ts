import { type Id, newId, parseId, timeOfId } from '#base';
import { firstIdOf } from '../wire/id-ranges.ts';

/** core.md G4: how far back changes are told. What is older, the client reads anew. */
const REPLAY_MS = 5 * 60_000;
/**
 * A change is known by the time at which its transaction began, and heard when it has committed and travelled; clocks of two machines differ.
 * So much before its place a returning reader is told, some of it a second time: each message has the object's present state.
 */
const OVERLAP_MS = 10_000;

/** What a returning reader has missed: all since a moment, or more than can be told. */
export type Missed = { since: Date } | 'too_much';

/** What was missed by a connection that was there until a moment. */
export function missedSince(moment: Date): Missed {
  return moment.getTime() < Date.now() - REPLAY_MS ? 'too_much' : { since: new Date(moment.getTime() - OVERLAP_MS) };
}

/** Reads `last_event_id`. An id is its time, so any process can; one that no message had is more than can be told. Undefined where none was sent. */
export function parseLastEventId(text: string | undefined): Missed | undefined {
  if (text === undefined || text === '') return undefined;
  const id = parseId(text);
  const isOurs = id?.[14] === '7' && timeOfId(id).getTime() < Date.now() + OVERLAP_MS;
  return id !== undefined && isOurs ? missedSince(timeOfId(id)) : 'too_much';
}

/** Of what was missed twice, all. */
export function joinMissed(a: Missed | undefined, b: Missed): Missed {
  if (a === undefined) return b;
  if (a === 'too_much' || b === 'too_much') return 'too_much';
  return a.since < b.since ? a : b;
}

/**
 * Ids for messages about past changes, given in the order of their times: each is the place of its change, so that a reader that is lost in the
 * middle comes back to it. Ids of one millisecond rise.
 */
export function placesInTime(): (at: Date) => Id {
  let last = 0;
  let sequence = 0;
  return (at) => {
    sequence = at.getTime() === last ? Math.min(sequence + 1, 0xfff) : 0;
    last = at.getTime();
    return `${firstIdOf(at).slice(0, 14)}7${sequence.toString(16).padStart(3, '0')}${newId().slice(18)}`;
  };
}
