// What scenarios are made of. A scenario opens its own database and returns what went wrong.
import type { Id } from '#base';
import { type ClaimedTask, decidedOutcome, type TaskEngine, type TaskOutcome } from '#engine';
import type { Statements } from '../../src/engine/statements.ts';
import { chainOf } from '../../src/engine/testing/plan-builder.ts';
import { type EngineFixture, openEngine, type TestFlow } from './engine-fixture.ts';

export type Scenario = (statements?: Statements) => Promise<string[]>;

type Check = (holds: boolean, what: string) => void;

/** Opens an engine, runs the scenario, returns its problems; an error is one of them. */
export const scenario =
  (act: (fixture: EngineFixture, check: Check) => Promise<void>): Scenario =>
  async (statements) => {
    const fixture = await openEngine(statements === undefined ? {} : { statements });
    const problems: string[] = [];
    try {
      await act(fixture, (holds, what) => void (holds || problems.push(what)));
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    } finally {
      await fixture.close();
    }
    return problems;
  };

export const done = (value: unknown): TaskOutcome => ({ status: 'completed', output: JSON.stringify(value) });

export async function claimOne(tasks: TaskEngine, worker: number): Promise<ClaimedTask> {
  const [task] = await tasks.claim(worker, { batch: 1 });
  if (task === undefined) throw new Error('nothing was ready');
  return task;
}

export async function simpleFlow(fixture: EngineFixture, length: number, limit: number | null = null): Promise<TestFlow> {
  return fixture.flow(await fixture.organization({ limit }), chainOf(length));
}

export const statusOf = async (fixture: EngineFixture, id: Id): Promise<string> =>
  (await fixture.admin.query('select status from flow_executions where id = $1', [id])).rows[0]?.status;

/** Claims and settles all there is, as the tasks' verdicts say, until nothing is ready. */
export async function runDry(
  fixture: EngineFixture,
  worker: number,
  run: (task: ClaimedTask) => TaskOutcome = () => done(0),
): Promise<void> {
  for (
    let held = await fixture.tasks.claim(worker, { batch: 50 });
    held.length > 0;
    held = await fixture.tasks.claim(worker, { batch: 50 })
  ) {
    const results = held.map((task) => ({ task, outcome: decidedOutcome(task) ?? run(task) }));
    await fixture.tasks.settle(worker, results, { claim: false });
  }
}
