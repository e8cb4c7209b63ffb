import { hasEnded } from '@flow-platform/sdk';
import { Listr, type ListrTask } from 'listr2';
import type { WatchedExecution, WatchedTask } from './watch-execution.ts';

export interface ShownRun {
  title: string;
  /** Names of the flow's tasks in their order, and what people call them. */
  tasks: { name: string; title: string }[];
  /** Runs it to its end and calls `onChange` on the way. */
  run(onChange: (state: WatchedExecution) => void): Promise<WatchedExecution>;
}

/**
 * Runs one after the other and shows each task live: a line a task, its state, its time. Where standard output is no terminal the lines
 * are printed plainly as they change. Answers the final states in order; throws what kept one from being followed to its end.
 */
export async function showProgress(runs: ShownRun[]): Promise<WatchedExecution[]> {
  const results: WatchedExecution[] = [];
  const failures: unknown[] = [];
  const list = new Listr(
    runs.map((run) => toLines(run, results, failures)),
    {
      concurrent: false,
      exitOnError: false,
      collectErrors: false,
      registerSignalListeners: false,
      rendererOptions: { collapseSubtasks: false },
      fallbackRenderer: 'simple',
    },
  );
  await list.run();
  if (failures.length > 0) throw failures[0];
  return results;
}

function toLines(run: ShownRun, results: WatchedExecution[], failures: unknown[]): ListrTask {
  return {
    title: run.title,
    skip: () => failures.length > 0,
    task: (_, group) => {
      const board = createBoard();
      const finished = run.run(board.update).finally(board.end);
      finished.catch((error: unknown) => failures.push(error));
      const lines: ListrTask[] = run.tasks.map(({ name, title }) => ({ title, task: (_context, line) => board.watch(name, title, line) }));
      return group.newListr(
        [
          ...lines,
          {
            title: 'Result',
            task: async (_context, line) => {
              const state = await finished.catch(() => undefined); // whoever called showProgress hears why
              if (!state) return void line.skip('Result: not reached');
              results.push(state);
              line.title = `Result: ${state.status}`;
              if (state.status === 'failed') throw new Error(`Result: ${state.status}`);
            },
          },
        ],
        { concurrent: true, exitOnError: false },
      );
    },
  };
}

interface Line {
  title: string | undefined;
  output: string | undefined;
  skip(message?: string): void;
}

/** Joins the stream of states with the lines that wait for it. */
function createBoard() {
  let latest: WatchedExecution | undefined;
  let over = false;
  const listeners = new Set<() => void>();
  const notify = () => {
    for (const listener of [...listeners]) listener();
  };
  return {
    update(state: WatchedExecution) {
      latest = state;
      notify();
    },
    end() {
      over = true;
      notify();
    },
    /** Resolves when the task has ended, rejects when it failed; skipped where it never ran. */
    watch(name: string, title: string, line: Line): Promise<void> {
      return new Promise((resolve, reject) => {
        const look = () => {
          const task = latest?.tasks.find((t) => t.name === name);
          if (task) line.title = describe(task, title);
          const ended =
            task !== undefined && hasEnded(task.status === 'skipped' ? 'completed' : task.status) && task.items.done === task.items.all;
          if (!ended && !over) return;
          listeners.delete(look);
          if (task?.status === 'failed') reject(new Error(`${line.title}: ${task.error?.message ?? 'failed'}`));
          else {
            if (!task || task.status === 'skipped' || task.status === 'cancelled') line.skip(`${title} (${task?.status ?? 'not run'})`);
            resolve();
          }
        };
        listeners.add(look);
        look();
      });
    },
  };
}

function describe(task: WatchedTask, title: string): string {
  const items = task.items.all > 1 ? ` ${task.items.done}/${task.items.all}` : '';
  const time = task.durationMs === undefined ? '' : ` ${formatDuration(task.durationMs)}`;
  return `${title}: ${task.status}${items}${time}`;
}

/** 850 ms, 3.2 s, 4 min 10 s. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}
