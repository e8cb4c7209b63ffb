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

export interface SettleReport {
  /** Successors that came back claimed by the same worker. */
  claimed: ClaimedTask[];
  /** Tasks whose results were refused: lost to another attempt, or to a re-execution. */
  fenced: Id[];
  /** Executions of this batch that should not be worked for any longer. */
  stoppedExecutionIds: Id[];
  /** Executions that ended in this settle. */
  ended: { id: Id; status: ExecutionStatus }[];
  /** Work has become ready that this worker did not take. */
  leftReady: boolean;
  /** To be published: the statement has committed. */
  events: ChangeEvent[];
}

/** A row of settle-tasks.sql; which columns are set depends on `kind`. */
interface SettleRow {
  kind: 'claimed' | 'ready' | 'fused' | 'execution' | 'promoted' | 'stopped' | 'fenced';
  source: number | null;
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
  open: number;
}

/**
 * Settles a batch in one transaction of its own, one statement. Results that an execution's cancellation overtook are settled as cancelled in a
 * second one. Never throws for a result that came too late.
 */
export async function settleTasks(
  run: RunStatement,
  workerId: number | null,
  results: readonly TaskResult<ClaimedTask>[],
  options: SettleOptions,
): Promise<SettleReport> {
  const report = await settleOnce(run, workerId, results, options);
  const refused = new Set(report.fenced);
  const stopped = new Set(report.stoppedExecutionIds);
  const overtaken = results.filter(
    ({ task, outcome }) => refused.has(task.id) && stopped.has(task.execution.id) && !(outcome.status === 'cancelled' && task.stopped),
  );
  if (overtaken.length === 0) return report;
  const cancelled = await settleOnce(run, workerId, overtaken.map(asCancelled), options);
  const taken = new Set(overtaken.map(({ task }) => task.id));
  return {
    claimed: [...report.claimed, ...cancelled.claimed],
    fenced: [...report.fenced.filter((id) => !taken.has(id)), ...cancelled.fenced],
    stoppedExecutionIds: [...new Set([...report.stoppedExecutionIds, ...cancelled.stoppedExecutionIds])],
    ended: [...report.ended, ...cancelled.ended],
    leftReady: report.leftReady || cancelled.leftReady,
    events: [...report.events, ...cancelled.events],
  };
}

const asCancelled = ({ task, outcome }: TaskResult<ClaimedTask>): TaskResult<ClaimedTask> => ({
  task: { ...task, stopped: true },
  outcome: { status: 'cancelled', neverRan: outcome.status === 'skipped' || (outcome.status === 'cancelled' && outcome.neverRan === true) },
});

async function settleOnce(
  run: RunStatement,
  workerId: number | null,
  results: readonly TaskResult<ClaimedTask>[],
  options: SettleOptions,
): Promise<SettleReport> {
  const { values, settled } = settleParameters(results, options);
  const rows = await run<SettleRow>('settle-tasks', [...values, options.claim > 0 ? workerId : null]);
  const fenced = new Set(rows.filter((row) => row.kind === 'fenced').map((row) => row.id));
  const reader = new ReportReader(rows);
  results.forEach(({ task }, index) => {
    if (!fenced.has(task.id)) reader.addSettled(task, settled[index] as Map<string, Settlement>);
  });
  for (const row of rows) reader.add(row);
  return { ...reader.report(), fenced: [...fenced] };
}

/** What was settled of one execution in this batch. */
interface Sibling {
  task: ClaimedTask;
  known: Map<string, Settlement>;
}

/** Reads what the statement says into a report. Only tasks whose results were taken are known to it. */
class ReportReader {
  readonly #stopped: Set<Id>;
  readonly #siblings = new Map<Id, Sibling>();
  readonly #claimed: ClaimedTask[] = [];
  readonly #ended: SettleReport['ended'] = [];
  readonly #events: ChangeEvent[] = [];
  #leftReady = false;

  constructor(rows: readonly SettleRow[]) {
    this.#stopped = new Set(rows.filter((row) => row.kind === 'stopped').map((row) => row.execution_id));
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
        if (row.open === 0) this.#ended.push({ id: row.execution_id, status: row.status as ExecutionStatus });
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
      stoppedExecutionIds: [...this.#stopped],
      ended: this.#ended,
      leftReady: this.#leftReady,
      events: this.#events,
    };
  }

  #addClaimed(row: SettleRow): void {
    const { task, known } = this.#sibling(row.execution_id);
    const { execution, plan } = task;
    const stopped = this.#stopped.has(row.execution_id);
    this.#claimed.push(claimedTask({ ...row, tries: 0, losses: 0, checkpoint: null, decision: null }, { execution, plan, stopped, known }));
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
