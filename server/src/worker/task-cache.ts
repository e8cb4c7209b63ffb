import type { JsonObject, Log, TaskLog } from '#base';
import type { EngineDatabase } from '#db';
import { type ClaimedTask, storableJson, type TaskOutcome } from '#engine';
import type { Executor } from '#executors';
import { type FileStore, flowOfKey, parseFileUri } from '#files';
import type { TaskScope } from '#language';
import type { Models } from '#models';
import { aboutTask } from './about-task.ts';
import { cacheKey, type FileFacts, filesNamedIn } from './cache-key.ts';
import { modelOf } from './model-of.ts';
import { isLarge } from './store-large-output.ts';

export interface TaskCacheOptions {
  db: Pick<EngineDatabase, 'query'>;
  files: FileStore;
  models: Models;
  log: Log;
}

interface CachedRow {
  output: string | null;
  output_key: string | null;
  summary: JsonObject | null;
  routes: string[] | null;
  task_execution_id: string;
}

/** The cache of one attempt: looked into before it runs, filled when it has completed. A cache that fails is a miss, never a failed task. */
export class TaskCache {
  readonly #options: TaskCacheOptions;
  readonly #task: ClaimedTask;
  readonly #executor: Executor;
  readonly #ttlMs: number;
  /** Known, and worth filling, after a miss. */
  #key: Buffer | undefined;

  /** Undefined where nothing is to be cached: a task that does not ask for it, a pure one, one that starts a run. */
  static of(options: TaskCacheOptions, task: ClaimedTask, executor: Executor | undefined): TaskCache | undefined {
    const { cache } = task.planned;
    if (!cache || !executor || executor.pure || executor.isInput) return undefined;
    return new TaskCache(options, task, executor, cache.ttlMs);
  }

  private constructor(options: TaskCacheOptions, task: ClaimedTask, executor: Executor, ttlMs: number) {
    this.#options = options;
    this.#task = task;
    this.#executor = executor;
    this.#ttlMs = ttlMs;
  }

  /** The outcome of an earlier task with an equal input, not older than this task allows; undefined where there is none. */
  async find(parameters: JsonObject, scope: TaskScope, log: TaskLog): Promise<TaskOutcome | undefined> {
    if (this.#task.checkpoint !== undefined) return undefined; // it is on its way already
    try {
      this.#key = await this.#keyOf(parameters, scope);
      const row = this.#key && (await this.#read(this.#key));
      if (!row) return undefined;
      const output = row.output ?? (await this.#options.files.read(row.output_key ?? '')).toString('utf8');
      this.#key = undefined;
      log.info({ source: row.task_execution_id }, 'took the output of an earlier task with the same input');
      return {
        status: 'completed',
        output,
        summary: { ...row.summary, cached: true, source: row.task_execution_id },
        routes: row.routes ?? undefined,
        input: JSON.stringify(parameters),
      };
    } catch (error) {
      this.#options.log.warn({ err: error, ...aboutTask(this.#task) }, 'the cache could not be read; the task runs');
      return undefined;
    }
  }

  /** Keeps what a task that ran has given. Large outputs get an object of their own: that of the run may be deleted with it. */
  async keep(outcome: TaskOutcome): Promise<void> {
    if (!this.#key || outcome.status !== 'completed' || outcome.output === undefined) return;
    const { organizationId } = this.#task.execution;
    try {
      const output = storableJson(outcome.output);
      let objectKey: string | null = null;
      if (isLarge(output)) {
        objectKey = `cache/${organizationId}/${this.#key.toString('hex')}.json`;
        await this.#options.files.put(objectKey, Buffer.from(output), { contentType: 'application/json' });
      }
      await this.#options.db.query('task_cache_keep', KEEP, [
        organizationId,
        this.#key,
        objectKey === null ? output : null,
        objectKey,
        jsonOf(outcome.summary),
        jsonOf(outcome.routes),
        this.#task.id,
        this.#ttlMs,
      ]);
    } catch (error) {
      this.#options.log.warn({ err: error, ...aboutTask(this.#task) }, 'an output could not be cached');
    }
  }

  async #read(key: Buffer): Promise<CachedRow | undefined> {
    const values = [this.#task.execution.organizationId, key, this.#ttlMs];
    return (await this.#options.db.query<CachedRow>('task_cache_find', FIND, values))[0];
  }

  /** Undefined where a file that is named is not there: the executor says so better. */
  async #keyOf(parameters: JsonObject, scope: TaskScope): Promise<Buffer | undefined> {
    const named = [...new Set(filesNamedIn(parameters))];
    const files = named.length === 0 ? new Map<string, FileFacts>() : await this.#readFiles(named);
    if (!files) return undefined;
    const model = modelOf(this.#executor, parameters, this.#options.models);
    return cacheKey({ executor: this.#executor, parameters, scope, files, model });
  }

  async #readFiles(named: readonly string[]): Promise<Map<string, FileFacts> | undefined> {
    const { bucket } = this.#options.files;
    const keys = named.map((name) => keyOfName(name, bucket));
    const rows = await this.#options.db.query<{ file_key: string; sha256: string; content_type: string; filename: string | null }>(
      'task_cache_files',
      FILES,
      [this.#task.execution.organizationId, keys.filter((key) => key !== undefined)],
    );
    const byKey = new Map(rows.map((row) => [row.file_key, { sha256: row.sha256, contentType: row.content_type, filename: row.filename }]));
    const files = new Map<string, FileFacts>();
    for (const [i, name] of named.entries()) {
      const key = keys[i];
      if (key === undefined) continue; // of another bucket: no file of ours, a text as any other
      const facts = byKey.get(key);
      if (!facts) return undefined;
      files.set(name, facts);
    }
    return files;
  }
}

/** The key of a file of ours; undefined where the text names none. */
function keyOfName(name: string, bucket: string): string | undefined {
  try {
    const { bucket: its, key } = name.startsWith('gs://') ? parseFileUri(name) : { bucket, key: name };
    return its === bucket && flowOfKey(key) !== undefined ? key : undefined;
  } catch {
    return undefined;
  }
}

const jsonOf = (value: unknown): string | null => (value === undefined ? null : storableJson(JSON.stringify(value)));

// Served by the primary key. As old as this task allows at most, whatever the one that filled it allowed.
const FIND = `select output::text as output, output_key, summary, routes, task_execution_id from task_cache
  where organization_id = $1 and key = $2 and expires_at > now() and created_at > now() - $3::float8 * interval '1 ms'`;

const FILES = `select file_key, encode(sha256, 'hex') as sha256, content_type, filename from files
  where organization_id = $1 and file_key = any ($2::text[]) and uploaded_at is not null`;

// The latest counts: it is the youngest.
const KEEP = `insert into task_cache (organization_id, key, output, output_key, summary, routes, task_execution_id, expires_at)
  values ($1, $2, $3::json, $4, $5::json, $6::json, $7, now() + $8::float8 * interval '1 ms')
  on conflict (organization_id, key) do update set output = excluded.output, output_key = excluded.output_key, summary = excluded.summary,
    routes = excluded.routes, task_execution_id = excluded.task_execution_id, created_at = now(), expires_at = excluded.expires_at`;
