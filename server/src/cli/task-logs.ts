import { setTimeout as sleep } from 'node:timers/promises';
import { type ApiClient, ApiError } from './api-client.ts';
import { hasEnded } from './watch-execution.ts';

export interface LogLine {
  id: string;
  task_execution_id: string;
  attempt: number;
  level: string;
  message: string;
  fields: Record<string, unknown> | null;
  created_at: string;
}

interface LoggedTask {
  id: string;
  task_name: string;
  task_execution_idx: number;
  processing_status: string;
}

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
  client: ApiClient,
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
async function readTasks(client: ApiClient, id: string): Promise<{ tasks: LoggedTask[]; isOver: boolean }> {
  try {
    const task = await client.json<LoggedTask>('GET', `/api/task-executions/${id}`);
    return { tasks: [task], isOver: hasEnded(task.processing_status) };
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
  const { status } = await client.json<{ status: string }>('GET', `/api/flow-executions/${id}`);
  const { task_executions } = await client.json<{ task_executions: LoggedTask[] }>('GET', `/api/task-executions?flow_execution_id=${id}`);
  return { tasks: task_executions, isOver: hasEnded(status) };
}

/** All of one task's lines behind its cursor, which moves on. */
async function readLines(
  client: ApiClient,
  task: LoggedTask,
  cursors: Map<string, string>,
  level: string | undefined,
): Promise<ShownLine[]> {
  const all: LogLine[] = [];
  for (;;) {
    const query = new URLSearchParams({ limit: String(PAGE) });
    const after = cursors.get(task.id);
    if (after !== undefined) query.set('starting_after', after);
    if (level !== undefined) query.set('level', level);
    const page = await client.json<LogLine[]>('GET', `/api/task-executions/${task.id}/logs?${query}`);
    all.push(...page);
    const last = page.at(-1);
    if (last) cursors.set(task.id, last.id);
    if (page.length < PAGE) return all.map((line) => ({ ...line, task: nameOf(task) }));
  }
}

const nameOf = ({ task_name, task_execution_idx: item }: LoggedTask): string => (item === 0 ? task_name : `${task_name}[${item}]`);
