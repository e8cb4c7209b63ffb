import { setTimeout as sleep } from 'node:timers/promises';
import { type Id, type Log, newId } from '#base';
import type { EngineDatabase } from '#db';
import type { LogLine } from './log-line.ts';
import { AttemptLog, type LoggedAttempt, type LogSink } from './task-log.ts';

/** How long a line may lie here while its task goes on: what a reader who follows waits at most, beside his own poll. */
const DELAY_MS = 250;
/** Of one statement. */
const BATCH = 500;
/** Lines that wait in this process, of at most 20 kB each. Beyond it, while the database does not answer, they are in the process's log alone. */
const MAX_WAITING = 5_000;
/** How long the end of a task waits for its lines: the database takes a result no sooner, but a line must not keep one back. */
const FLUSH_MS = 2_000;

interface WaitingLine {
  id: Id;
  at: Date;
  attempt: LoggedAttempt;
  line: LogLine;
}

/**
 * Writes what executors log, many tasks' lines in one statement. Never throws and never refuses: a line that cannot be stored is in the
 * process's log, which says how many were not.
 */
export class LogWriter implements LogSink {
  readonly #db: Pick<EngineDatabase, 'query'>;
  readonly #log: Log;
  #waiting: WaitingLine[] = [];
  #lost = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;

  constructor(db: Pick<EngineDatabase, 'query'>, log: Log) {
    this.#db = db;
    this.#log = log;
  }

  /** The log of one attempt. */
  open(attempt: LoggedAttempt): AttemptLog {
    return new AttemptLog(attempt, this, this.#log);
  }

  add(attempt: LoggedAttempt, line: LogLine): void {
    if (this.#waiting.length >= MAX_WAITING) this.#lost++;
    else this.#waiting.push({ id: newId(), at: new Date(), attempt, line });
    this.#timer ??= setTimeout(() => void this.#write(), DELAY_MS).unref();
  }

  async flushed(): Promise<void> {
    const limit = new AbortController();
    const late = sleep(FLUSH_MS, undefined, { signal: limit.signal, ref: false }).catch(() => {});
    await Promise.race([this.#written(), late]);
    limit.abort();
  }

  /** All that waits now: what is being written, and what came after that began. */
  async #written(): Promise<void> {
    await this.#writing;
    await this.#write();
  }

  /** One at a time: whoever asks meanwhile waits for the next one, together with all others. */
  #write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    await Promise.resolve(); // what ends in the same turn goes along
    while (this.#waiting.length > 0) await this.#insert(this.#waiting.splice(0, BATCH));
    if (this.#lost === 0) return;
    this.#log.warn({ lines: this.#lost }, 'lines that tasks logged were not stored');
    this.#lost = 0;
  }

  async #insert(lines: readonly WaitingLine[]): Promise<void> {
    try {
      await this.#db.query('task_logs_insert', INSERT, columnsOf(lines));
    } catch (error) {
      if (lines.length > 1 && isOfOneLine(error)) for (const line of lines) await this.#insert([line]);
      else {
        this.#lost += lines.length;
        this.#log.warn({ err: error }, 'the database did not take what tasks logged');
      }
    }
  }
}

/** A value or a reference that the database refuses: the other lines are as good as before. */
const isOfOneLine = (error: unknown): boolean => /^(22|23|54)/.test(String((error as { code?: unknown } | null)?.code));

const columnsOf = (lines: readonly WaitingLine[]): unknown[] => [
  lines.map(({ attempt }) => attempt.execution.organizationId),
  lines.map(({ id }) => id),
  lines.map(({ attempt }) => attempt.execution.id),
  lines.map(({ attempt }) => attempt.id),
  lines.map(({ attempt }) => attempt.generation),
  lines.map(({ attempt }) => attempt.attempt),
  lines.map(({ line }) => line.level),
  lines.map(({ line }) => line.message),
  lines.map(({ line }) => line.fields ?? null),
  lines.map(({ at }) => at),
];

// In the order of the executions' keys, which the foreign key locks: two writers must not wait for each other.
const INSERT = `insert into task_logs (organization_id, id, flow_execution_id, task_execution_id, generation, attempt, level, message, fields, created_at)
  select organization_id, id, execution_id, task_id, generation, attempt, level, message, fields::json, at
    from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::int[], $6::int[], $7::text[], $8::text[], $9::text[], $10::timestamptz[])
           as l(organization_id, id, execution_id, task_id, generation, attempt, level, message, fields, at)
   order by organization_id, execution_id, id`;
