import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, type components, dataOf, type FlowClient, hasEnded } from '@flow-platform/sdk';

export type LogLine = components['schemas']['TaskLogLine'];
type LoggedTask = components['schemas']['TaskExecutionAPI'];

/** A line with what it is about, as `flow logs` prints it. */
export type ShownLine = LogLine & { task: string };

const PAGE = 1_000;
const AT_ONCE = 8; // tasks of which pages are read at the same time
const POLL_MS = 500;

/**
 * The lines of a flow execution's tasks, or of one task execution, by time, told in batches. With `follow` until it has ended. Throws ApiError
 * where there is no such thing.
 */
export async function readTaskLogs(
  client: FlowClient,
  id: string,
  options: { follow: boolean; level?: string | undefined; signal: AbortSignal },
  onLines: (lines: ShownLine[]) => void,
): Promise<void> {
  const cursors = new Map<string, string>();
  const finished = new Set<string>();
  for (;;) {
    options.signal.throwIfAborted();
    const { tasks, isOver } = await readTasks(client, id); // before their lines: what has ended has said all
    const open = tasks.filter((task) => !finished.has(task.id));
    const lines: ShownLine[] = [];
    while (open.length > 0) {
      const read = await Promise.all(open.splice(0, AT_ONCE).map((task) => readLines(client, task, cursors, options.level)));
      lines.push(...read.flat());
    }
    onLines(lines.sort((a, b) => (a.id < b.id ? -1 : 1)));
    for (const task of tasks) if (hasEnded(task.processing_status)) finished.add(task.id);
    if (isOver || !options.follow) return;
    await sleep(POLL_MS, undefined, { signal: options.signal });
  }
}

/** The task executions that are meant: those of an execution, or the one that bears the id. */
async function readTasks(client: FlowClient, id: string): Promise<{ tasks: LoggedTask[]; isOver: boolean }> {
  try {
    const path = { task_execution_id: id };
    const task = await dataOf(client.api.GET('/api/task-executions/{task_execution_id}', { params: { path } }));
    return { tasks: [task], isOver: hasEnded(task.processing_status) };
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
  const path = { flow_execution_id: id };
  const { status } = await dataOf(client.api.GET('/api/flow-executions/{flow_execution_id}', { params: { path } }));
  const query = { flow_execution_id: id };
  const { task_executions } = await dataOf(client.api.GET('/api/task-executions', { params: { query } }));
  return { tasks: task_executions, isOver: hasEnded(status) };
}

/** All of one task's lines behind its cursor, which moves on. */
async function readLines(
  client: FlowClient,
  task: LoggedTask,
  cursors: Map<string, string>,
  level: string | undefined,
): Promise<ShownLine[]> {
  const all: LogLine[] = [];
  for (;;) {
    const after = cursors.get(task.id);
    const query = {
      limit: PAGE,
      ...(after === undefined ? {} : { starting_after: after }),
      ...(level === undefined ? {} : { level: level as LogLine['level'] }),
    };
    const params = { path: { task_execution_id: task.id }, query };
    const page = await dataOf(client.api.GET('/api/task-executions/{task_execution_id}/logs', { params }));
    all.push(...page);
    const last = page.at(-1);
    if (last) cursors.set(task.id, last.id);
    if (page.length < PAGE) return all.map((line) => ({ ...line, task: nameOf(task) }));
  }
}

const nameOf = ({ task_name, task_execution_idx: item }: LoggedTask): string => (item === 0 ? task_name : `${task_name}[${item}]`);
