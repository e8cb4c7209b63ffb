import type { Saboteur } from './saboteurs.ts';
import type { SCENARIOS } from './scenarios.ts';

/** The scenario that must fail when the defence is gone. */
export const CAUGHT_BY: Readonly<Record<Saboteur, keyof typeof SCENARIOS>> = {
  fence: 'sentTwice',
  attempt: 'comesBack',
  generation: 'earlierGeneration',
  lock: 'cancelInFlight',
  stop: 'cancelInFlight',
  slots: 'slotHandedOn',
  wake: 'cancelSleeping',
  reap: 'comesBack',
  join: 'collectorWaits',
  begin: 'slotHandedOn',
  park: 'parkedInFlight',
  resume: 'resumesFirst',
  unpark: 'slotGivenUp',
};
