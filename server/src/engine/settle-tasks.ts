// settle: the one way to finish a task. A worker's result, a review's decision, a webhook's data and the engine's own chores all end here.
//
// The fence: a result counts only while the row has the status, the attempt and the generation under which it was handed out; a late or doubled
// result changes nothing and comes back as fenced. In an execution that is being cancelled whatever a worker brings is stored as cancelled.
import type { Id } from '#base';
import type { ChangeEvent } from '#events';
import { type ClaimedTask, claimedTask } from './claimed-task.ts';
import type { TaskResult } from './outcome.ts';
import type { RunStatement } from './run-statement.ts';
import { type SettleOptions, settleParameters } from './settle-parameters.ts';
import type { ExecutionStatus } from './states.ts';
import type { Settlement } from './transitions.ts';

/** An execution that has ended; `parentTaskId`: of a sub-flow, the task that may wait for it. */
export interface EndedExecution {
  organizationId: Id;
  id: Id;
  status: ExecutionStatus;
  parentTaskId: Id | null;
}

export interface SettleReport {
  /** Successors that came back claimed by the same worker. */
  claimed: ClaimedTask[];
  /** Tasks whose results were refused: lost to another attempt, or to a re-execution. */
  fenced: Id[];
  /** Executions of this batch that should not be worked for any longer. */
  stoppedExecutionIds: Id[];
  /** Executions that ended in this settle. */
  ended: EndedExecution[];
  /** Work has become ready that this worker did not take. */
  leftReady: boolean;
  /** To be published: the statement has committed. */
  events: ChangeEvent[];
}

/**
 * A row of settle-tasks.sql; which columns are set depends on `kind`. Of an execution `id` is the task that started it, or null. `n`: the generation of
 * what is claimed and of a state, the open ends of an execution, the number of a fenced source, from 1.
 */
interface SettleRow {
  kind: 'claimed' | 'ready' | 'fused' | 'execution' | 'promoted' | 'state' | 'fenced';
  organization_id: Id;
  execution_id: Id;
  id: Id;
  task: number;
  item: string | number;
  attempt: number;
  alive: number;
  skipped: number;
  failed: number;
  status: string;
  lane: string;
  started_at: Date;
  item_value: string | null;
  flow_id: Id;
  n: number;
}

/** An execution of the batch that is not what most are: no longer under way, or in a later generation than the first. */
interface ExecutionState {
  isUnderWay: boolean;
  generation: number;
}

/** More than one edit that overtakes a settle between two statements is rare; a task that is overtaken more often is left to its lease. */
const MOST_TRIES = 5;

/**
 * Settles a batch in one transaction of its own, one statement. What an execution's cancellation overtook is settled as cancelled, and what an edit
 * overtook without outdating it is settled in the generation that the edit opened, each in one more. Never throws for a result that came too late.
 */
export async function settleTasks(
  run: RunStatement,
  workerId: number | null,
  results: readonly TaskResult<ClaimedTask>[],
  options: SettleOptions,
): Promise<SettleReport> {
  const first = await settleOnce(run, workerId, results, options);
  const report = first.report;
  let again = overtaken(first);
  for (let tries = 1; again.length > 0 && tries < MOST_TRIES; tries++) {
    const next = await settleOnce(run, workerId, again, options);
    addReport(report, next.report, again);
    again = overtaken(next);
  }
  return report;
}

function addReport(report: SettleReport, next: SettleReport, settledAgain: readonly TaskResult<ClaimedTask>[]): void {
  report.claimed.push(...next.claimed);
  for (const { task } of settledAgain) report.fenced.splice(report.fenced.indexOf(task.id), 1);
  report.fenced.push(...next.fenced);
  report.stoppedExecutionIds = [...new Set([...report.stoppedExecutionIds, ...next.stoppedExecutionIds])];
  report.ended.push(...next.ended);
  report.leftReady ||= next.leftReady;
  report.events.push(...next.events);
}

/** Refused results that may be taken in another form, since their executions have changed in the meantime; whether their rows have, the next try shows. */
function overtaken({ refused, states }: Settle): TaskResult<ClaimedTask>[] {
  return refused.flatMap((result) => {
    const { task } = result;
    const state = states.get(task.execution.id);
    if (state === undefined) return [];
    const isLater = state.generation !== task.execution.generation;
    const mustCancel = !state.isUnderWay && !(result.outcome.status === 'cancelled' && task.stopped);
    if (!isLater && !mustCancel) return [];
    const moved = { ...result, task: { ...task, execution: { ...task.execution, generation: state.generation } } };
    return [mustCancel ? asCancelled(moved) : moved];
  });
}

const asCancelled = ({ task, outcome }: TaskResult<ClaimedTask>): TaskResult<ClaimedTask> => ({
  task: { ...task, stopped: true },
  outcome: { status: 'cancelled', neverRan: outcome.status === 'skipped' || (outcome.status === 'cancelled' && outcome.neverRan === true) },
});

interface Settle {
  report: SettleReport;
  /** Results that were not taken. */
  refused: TaskResult<ClaimedTask>[];
  states: ReadonlyMap<Id, ExecutionState>;
}

async function settleOnce(
  run: RunStatement,
  workerId: number | null,
  results: readonly TaskResult<ClaimedTask>[],
  options: SettleOptions,
): Promise<Settle> {
  const { values, settled } = settleParameters(results, options);
  const rows = await run<SettleRow>('settle-tasks', [...values, options.claim > 0 ? workerId : null]);
  const fenced = new Set(rows.filter((row) => row.kind === 'fenced').map((row) => row.n - 1)); // not by id: two attempts of a task may be in one batch
  const states = new Map(rows.filter(({ kind }) => kind === 'state').map((row) => [row.execution_id, stateOf(row)]));
  const reader = new ReportReader(states);
  results.forEach(({ task }, index) => {
    if (!fenced.has(index)) reader.addSettled(task, settled[index] as Map<string, Settlement>);
  });
  for (const row of rows) reader.add(row);
  const refused = results.filter((_, index) => fenced.has(index));
  return { report: { ...reader.report(), fenced: refused.map(({ task }) => task.id) }, refused, states };
}

const stateOf = ({ status, n }: SettleRow): ExecutionState => ({ isUnderWay: status === 'running', generation: n });

/** What was settled of one execution in this batch. */
interface Sibling {
  task: ClaimedTask;
  known: Map<string, Settlement>;
}

/** Reads what the statement says into a report. Only tasks whose results were taken are known to it. */
class ReportReader {
  readonly #states: ReadonlyMap<Id, ExecutionState>;
  readonly #siblings = new Map<Id, Sibling>();
  readonly #claimed: ClaimedTask[] = [];
  readonly #ended: SettleReport['ended'] = [];
  readonly #events: ChangeEvent[] = [];
  #leftReady = false;

  constructor(states: ReadonlyMap<Id, ExecutionState>) {
    this.#states = states;
  }

  addSettled(task: ClaimedTask, places: Map<string, Settlement>): void {
    const sibling = this.#siblings.get(task.execution.id);
    if (sibling === undefined) this.#siblings.set(task.execution.id, { task, known: places });
    else for (const [place, settlement] of places) sibling.known.set(place, settlement);
    this.#announce(task.execution.id, task.planned.number, task.id);
  }

  add(row: SettleRow): void {
    switch (row.kind) {
      case 'claimed':
        this.#addClaimed(row);
        return;
      case 'ready':
        this.#leftReady = true;
        this.#announce(row.execution_id, row.task, row.id);
        return;
      case 'fused':
        this.#announce(row.execution_id, row.task, row.id);
        return;
      case 'execution':
        if (row.n === 0) this.#addEnded(row);
        this.#announceExecution(row.organization_id, this.#sibling(row.execution_id).task.execution.flowId, row.execution_id);
        return;
      case 'promoted':
        this.#leftReady = true;
        this.#announceExecution(row.organization_id, row.flow_id, row.execution_id);
    }
  }

  report(): Omit<SettleReport, 'fenced'> {
    return {
      claimed: this.#claimed,
      stoppedExecutionIds: [...this.#states].filter(([, { isUnderWay }]) => !isUnderWay).map(([id]) => id),
      ended: this.#ended,
      leftReady: this.#leftReady,
      events: this.#events,
    };
  }

  #addEnded({ organization_id: organizationId, execution_id: id, status, id: parentTaskId }: SettleRow): void {
    this.#ended.push({ organizationId, id, status: status as ExecutionStatus, parentTaskId });
  }

  #addClaimed(row: SettleRow): void {
    const { task, known } = this.#sibling(row.execution_id);
    const { execution, plan } = task;
    const stopped = this.#states.get(row.execution_id)?.isUnderWay === false;
    this.#claimed.push(
      claimedTask(
        { ...row, generation: row.n, tries: 0, losses: 0, checkpoint: null, decision: null },
        { execution, plan, stopped, known },
      ),
    );
    this.#announce(row.execution_id, row.task, row.id);
  }

  #sibling(executionId: Id): Sibling {
    return this.#siblings.get(executionId) as Sibling;
  }

  /** Gates are the engine's own: no user hears of them. */
  #announce(executionId: Id, number: number, id: Id): void {
    const { execution, plan } = this.#sibling(executionId).task;
    if (plan.tasks[number]?.planned.kind !== 'task') return;
    const { organizationId, flowId } = execution;
    this.#events.push({ organizationId, flowId, flowExecutionId: executionId, type: 'task_execution.updated', id });
  }

  #announceExecution(organizationId: Id, flowId: Id, id: Id): void {
    this.#events.push({ organizationId, flowId, flowExecutionId: id, type: 'flow_execution.updated', id });
  }
}
