// What an edit must make run again, by the oracle's runs before and after it.
import type { Plan } from '#language';
import { dependencies, type OracleRun } from './oracle.ts';
import type { Answer } from './test-executor.ts';

/** Whether what follows goes the same way, whatever the value. */
export const sameWay = (a: Answer, b: Answer): boolean =>
  a.status === b.status && JSON.stringify(a.status === 'completed' && a.routes) === JSON.stringify(b.status === 'completed' && b.routes);

/** What must run again, of the run with the edited value: all that hangs on the edit. What was passed over for a reason that still holds does not. */
export function minimalSet(plan: Plan, old: OracleRun, now: OracleRun, edited: string, isSameWay: boolean): string[] {
  const before = dependencies(plan, now);
  const isPassedOver = (place: string) => isSameWay && ['skipped', 'cancelled'].includes(old.states.get(place)?.status ?? '');
  const hangs = memoized((place: string): boolean =>
    (before.get(place) ?? []).some((from) => (from === edited ? !isPassedOver(place) : hangs(from))),
  );
  const isTask = (place: string) => plan.tasks[Number(place.split('/')[0])]?.kind === 'task';
  const ran = (place: string) => now.states.get(place)?.answer !== undefined && isTask(place);
  return [...now.states.keys()].filter((place) => hangs(place) && ran(place)).sort();
}

function memoized(decide: (place: string) => boolean): (place: string) => boolean {
  const known = new Map<string, boolean>();
  return (place) => {
    const result = known.get(place) ?? decide(place);
    known.set(place, result);
    return result;
  };
}

/** All that hangs on the edited place, run or not. */
export function outdatedBy(plan: Plan, now: OracleRun, edited: string): string[] {
  const before = dependencies(plan, now);
  const hangs = memoized((place: string): boolean => (before.get(place) ?? []).some((from) => from === edited || hangs(from)));
  return [...now.states.keys()].filter(hangs);
}
