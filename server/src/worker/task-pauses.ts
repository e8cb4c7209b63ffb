import type { Log } from '#base';
import type { ClaimedTask, PausedTask, TaskEngine } from '#engine';
import type { NotRun } from './key-places.ts';

export interface TaskPausesOptions {
  engine: Pick<TaskEngine, 'controls' | 'pause'>;
  workerId: number;
  log: Log;
}

/**
 * Keeps what is paused from running, for the tasks that one worker has claimed: they are laid aside without a trace, and cost nothing until their
 * pause is over.
 */
export class TaskPauses {
  readonly #options: TaskPausesOptions;
  #laying: { tasks: PausedTask[]; done: Promise<void> } | undefined;

  constructor(options: TaskPausesOptions) {
    this.#options = options;
  }

  /** Before anything of a task: undefined where it may run. */
  async stop(task: ClaimedTask): Promise<NotRun | undefined> {
    const pause = this.#options.engine.controls.pauseOf(task);
    return pause === undefined ? undefined : this.#layAside({ task, pause });
  }

  /** Before a task asks a model: undefined where it may. */
  async stopForModel(task: ClaimedTask, model: string): Promise<NotRun | undefined> {
    const pause = this.#options.engine.controls.pauseOfModel(task.execution.organizationId, model);
    return pause === undefined ? undefined : this.#layAside({ task, pause });
  }

  async #layAside(paused: PausedTask): Promise<NotRun> {
    try {
      await this.#together(paused);
      return 'put_back';
    } catch (error) {
      this.#options.log.warn({ err: error }, 'paused tasks could not be laid aside');
      return 'unsure';
    }
  }

  /** Many are paused in one turn: they travel in one statement. */
  #together(paused: PausedTask): Promise<void> {
    if (this.#laying === undefined) {
      const tasks: PausedTask[] = [];
      const send = async () => {
        await new Promise(setImmediate);
        this.#laying = undefined;
        await this.#options.engine.pause(this.#options.workerId, tasks);
      };
      this.#laying = { tasks, done: send() };
    }
    this.#laying.tasks.push(paused);
    return this.#laying.done;
  }
}
