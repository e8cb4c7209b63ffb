import type { Log, TaskLog } from '#base';
import type { ClaimedTask } from '#engine';
import { aboutTask } from './about-task.ts';
import { type LogLevel, type LogLine, logLine } from './log-line.ts';

/** What the lines of one attempt are kept under. */
export type LoggedAttempt = Pick<ClaimedTask, 'id' | 'generation' | 'attempt'> & {
  execution: Pick<ClaimedTask['execution'], 'organizationId' | 'id'>;
};

/** Where lines go: the log writer of the process. */
export interface LogSink {
  /** Takes a line; it is written soon. */
  add(attempt: LoggedAttempt, line: LogLine): void;
  /** Resolves when all that was added before is stored, or was given up. */
  flushed(): Promise<void>;
}

/** Lines of one attempt, and their bytes: more is a loop that logs, and would cost the database more than the work itself. */
const MAX_LINES = 1_000;
const MAX_BYTES = 1024 * 1024;

/** The log of one attempt: each line goes to the process's log and to the rows. Costs nothing until something is logged. */
export class AttemptLog {
  readonly #attempt: LoggedAttempt;
  readonly #sink: LogSink;
  readonly #process: Log;
  #lines = 0;
  #bytes = 0;
  #isFull = false;
  #hasEnded = false;
  #bound: Log | undefined;

  /** For the executor. */
  readonly log: TaskLog = {
    debug: (...given: unknown[]) => this.#say('debug', given),
    info: (...given: unknown[]) => this.#say('info', given),
    warn: (...given: unknown[]) => this.#say('warn', given),
    error: (...given: unknown[]) => this.#say('error', given),
  };

  constructor(attempt: LoggedAttempt, sink: LogSink, process: Log) {
    this.#attempt = attempt;
    this.#sink = sink;
    this.#process = process;
  }

  /** A line of the platform's own about the attempt, for the people who look at the run: the process's log has it elsewhere. */
  note(level: LogLevel, fields: object, message: string): void {
    this.#keep(logLine(level, [fields, message]));
  }

  /** Resolves when what was logged is stored, or was given up. What an executor that was left behind logs later is in the process's log alone. */
  async end(): Promise<void> {
    this.#hasEnded = true;
    if (this.#lines > 0) await this.#sink.flushed();
  }

  #say(level: LogLevel, given: readonly unknown[]): void {
    if (this.#isFull) return;
    const line = logLine(level, given);
    this.#bound ??= this.#process.child(aboutTask(this.#attempt));
    if (line.fields === undefined) this.#bound[level](line.message);
    else this.#bound[level](JSON.parse(line.fields) as object, line.message);
    if (!this.#hasEnded) this.#keep(line);
  }

  #keep(line: LogLine): void {
    if (this.#isFull) return;
    this.#lines++;
    this.#bytes += Buffer.byteLength(line.message) + Buffer.byteLength(line.fields ?? '');
    this.#isFull = this.#lines > MAX_LINES || this.#bytes > MAX_BYTES;
    this.#sink.add(this.#attempt, this.#isFull ? FULL : line);
  }
}

const FULL: LogLine = {
  level: 'warn',
  message: `More was logged and is not kept: an attempt keeps ${MAX_LINES} lines, and ${MAX_BYTES / 1024} kB of text`,
  fields: undefined,
};
