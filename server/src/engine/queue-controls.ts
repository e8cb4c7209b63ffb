// Pauses and limits as one process knows them: read again each tick, so that a change is obeyed everywhere within a second, at the cost of a look at what has
// changed. Nothing of it is in the way of a claim: while nothing is paused or limited, a claimed task costs one look at an empty map.
import type { Id } from '#base';
import { NO_ORGANIZATION } from './claim-tasks.ts';
import type { ClaimedTask } from './claimed-task.ts';
import type { RunStatement } from './run-statement.ts';

export const CONTROL_KINDS = ['platform', 'organization', 'flow', 'executor', 'model'] as const;
export type ControlKind = (typeof CONTROL_KINDS)[number];

/** What can be paused or limited. Of `platform`, and of executors and models on all of it, the organization is `NO_ORGANIZATION`. */
export interface ControlTarget {
  organizationId: Id;
  kind: ControlKind;
  /** A flow's id, an executor's or a model's name; of an organization and the platform empty. */
  name: string;
}

/** A limit that a task is to keep: a place under a key. */
export interface LimitedPlace {
  key: string;
  limit: number;
  /** Over all organizations. */
  isShared: boolean;
}

export const controlKey = ({ organizationId, kind, name }: ControlTarget): string => `${organizationId}/${kind}/${name}`;

export interface ControlRow {
  organization_id: Id;
  key: string;
  kind: ControlKind;
  name: string;
  is_paused: boolean;
  max_concurrent: number | null;
  updated_at: Date;
}

/** Rows of one read. */
const PAGE = 1_000;
/** A change becomes visible when it commits, with the time at which it was made: what is at most so old is read again. */
const OVERLAP_MS = 30_000;
const LONG_AGO = new Date(0);

/** What is paused and what is limited, as far as this process has heard. */
export class QueueControls {
  readonly #run: RunStatement;
  readonly #paused = new Set<string>();
  readonly #limits = new Map<string, number>();
  #seenUntil = LONG_AGO;

  constructor(run: RunStatement) {
    this.#run = run;
  }

  /** Every change up to then is known here. */
  get heardUntil(): Date {
    return this.#seenUntil;
  }

  /** Hears what has changed since the last call. */
  async refresh(): Promise<void> {
    let after = new Date(Math.max(0, this.#seenUntil.getTime() - OVERLAP_MS));
    let key = '';
    for (;;) {
      const rows = await this.#run<ControlRow>('find-controls', [after, key, PAGE]);
      for (const row of rows) this.#set(row);
      const last = rows.at(-1);
      if (last === undefined) return;
      [after, key] = [last.updated_at, last.key];
      if (after > this.#seenUntil) this.#seenUntil = after;
      if (rows.length < PAGE) return;
    }
  }

  #set({ key, is_paused: isPaused, max_concurrent: limit }: ControlRow): void {
    if (isPaused) this.#paused.add(key);
    else this.#paused.delete(key);
    if (limit === null) this.#limits.delete(key);
    else this.#limits.set(key, limit);
  }

  /** The pause that keeps a claimed task from running, the widest first. */
  pauseOf(task: ClaimedTask): string | undefined {
    if (this.#paused.size === 0) return undefined;
    const organizationId = task.execution.organizationId;
    return this.#firstPaused([
      { organizationId: NO_ORGANIZATION, kind: 'platform', name: '' },
      { organizationId, kind: 'organization', name: '' },
      { organizationId, kind: 'flow', name: task.execution.flowId },
      ...(task.planned.kind === 'task' ? everywhere(organizationId, 'executor', task.planned.executor) : []),
    ]);
  }

  /** The pause of a model that a task is about to ask. */
  pauseOfModel(organizationId: Id, model: string): string | undefined {
    return this.#paused.size === 0 ? undefined : this.#firstPaused(everywhere(organizationId, 'model', model));
  }

  /** The places that a task has to take before it runs. `model`: the one that it asks, where it asks one. */
  placesOf(task: ClaimedTask, model: string | undefined): LimitedPlace[] {
    if (this.#limits.size === 0 || task.planned.kind !== 'task') return [];
    const organizationId = task.execution.organizationId;
    const targets: ControlTarget[] = [
      { organizationId, kind: 'flow', name: task.execution.flowId },
      ...everywhere(organizationId, 'executor', task.planned.executor),
      ...(model === undefined ? [] : everywhere(organizationId, 'model', model)),
    ];
    return targets.flatMap((target) => {
      const key = controlKey(target);
      const limit = this.#limits.get(key);
      return limit === undefined ? [] : [{ key: PLACE_PREFIX + key, limit, isShared: target.organizationId === NO_ORGANIZATION }];
    });
  }

  /** Whether any task may have to take a place or may be kept from asking a model: else there is nothing to ask before it runs. */
  get isIdle(): boolean {
    return this.#paused.size === 0 && this.#limits.size === 0;
  }

  #firstPaused(targets: readonly ControlTarget[]): string | undefined {
    return targets.map(controlKey).find((key) => this.#paused.has(key));
  }
}

/** Apart from the keys that flows choose (`concurrency`). */
const PLACE_PREFIX = 'limit:';

const everywhere = (organizationId: Id, kind: 'executor' | 'model', name: string): ControlTarget[] => [
  { organizationId: NO_ORGANIZATION, kind, name },
  { organizationId, kind, name },
];
