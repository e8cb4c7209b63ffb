import type { ReferenceMode } from '#language';
import type { ClaimedTask } from './claimed-task.ts';
import { visibleItems } from './item-path.ts';
import type { RunStatement } from './run-statement.ts';
import { placeKey } from './transitions.ts';

/** One item that a predecessor gave: its output as JSON text, or the key of its object in the file store; neither where it gave nothing. */
export interface ReadOutput {
  item: number;
  output: string | null;
  outputKey: string | null;
}

/** What a claimed task reads of one predecessor. `collection`: the list of its items, in their order; else at most one. */
export interface TaskInput {
  task: number;
  name: string;
  mode: ReferenceMode;
  outputs: ReadOutput[];
}

interface Wanted {
  task: ClaimedTask;
  input: TaskInput;
  low: number;
  high: number;
}

/**
 * Outputs of the tasks' predecessors, in the order of `tasks`: from memory where the settle that made the task ready has just written them,
 * else in one read for the whole batch.
 */
export async function readInputs(run: RunStatement, tasks: readonly ClaimedTask[]): Promise<TaskInput[][]> {
  const missing: Wanted[] = [];
  const inputs = tasks.map((task) =>
    task.planned.reads.map((read) => {
      const wanted = wantedOf(task, read);
      if (!readFromMemory(wanted)) missing.push(wanted);
      return wanted.input;
    }),
  );
  if (missing.length > 0) await readRows(run, missing);
  return inputs;
}

function wantedOf(task: ClaimedTask, read: { task: number; mode: ReferenceMode }): Wanted {
  const source = task.plan.tasks[read.task];
  if (source === undefined) throw new Error(`task ${task.planned.name} reads task ${read.task}, which does not exist`);
  const depth = task.plan.tasks[task.planned.number]?.depth ?? 0;
  const mode = source.depth > depth ? 'collection' : 'single';
  return {
    task,
    input: { task: read.task, name: source.planned.name, mode, outputs: [] },
    ...visibleItems(task.item, depth, source.depth),
  };
}

function readFromMemory({ task, input, low, high }: Wanted): boolean {
  const settled = low === high ? task.known.get(placeKey(input.task, low)) : undefined;
  if (settled === undefined) return false;
  const { output = null, outputKey = null } = settled.status === 'completed' ? settled : {};
  input.outputs.push({ item: low, output, outputKey });
  return true;
}

interface OutputRow {
  k: number;
  item: string | number;
  output: string | null;
  output_key: string | null;
}

async function readRows(run: RunStatement, missing: readonly Wanted[]): Promise<void> {
  const rows = await run<OutputRow>('read-inputs', [
    missing.map(({ task }) => task.execution.organizationId),
    missing.map(({ task }) => task.execution.id),
    missing.map(({ input }) => input.task),
    missing.map(({ low }) => low),
    missing.map(({ high }) => high),
  ]);
  for (const row of rows) missing[row.k - 1]?.input.outputs.push({ item: Number(row.item), output: row.output, outputKey: row.output_key });
}
