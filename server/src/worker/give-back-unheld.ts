import type { Log } from '#base';
import type { HeldTask, TaskEngine } from '#engine';

/** What a claim loop says of itself. */
export interface Holder {
  holds(task: HeldTask): boolean;
  answered(): Promise<void>;
}

/**
 * Gives back what runs in this worker's name, by the rows, and is in no loop's hands: where the answer to a claim or a settle was lost on its way,
 * the lease would else keep it from everybody for as long as the process lives (RELIABILITY F3). What another loop is just being handed is
 * told apart by waiting for that answer after the rows were read.
 */
export async function giveBackUnheld(
  engine: Pick<TaskEngine, 'heldTasks' | 'giveBack'>,
  workerId: number,
  loops: readonly Holder[],
  log: Log,
): Promise<void> {
  const held = await engine.heldTasks(workerId);
  await Promise.all(loops.map((loop) => loop.answered()));
  const unheld = held.filter((task) => !loops.some((loop) => loop.holds(task)));
  if (unheld.length === 0) return;
  log.warn({ tasks: unheld.length }, 'tasks were claimed by a call whose answer was lost; they are given back');
  await engine.giveBack(unheld);
}
