import { type Id, newId } from '#base';
import { canonicalJson } from '#language';
import type { OperationResult, TagOperation } from './task-tag.wire.ts';

/** A tag that is active before the batch. */
export interface ActiveTag {
  id: Id;
  flowExecutionId: Id;
  taskName: string;
  tag: string;
  tagType: string;
  /** Its metadata as canonical JSON: equal values are one tag, whatever the order of their keys. */
  metadataKey: string;
}

/** A tag that the batch makes; `removed` where a later operation of the batch takes it away again. */
export interface NewTag extends ActiveTag {
  /** JSON text, or null. */
  tagMetadata: string | null;
  removed: boolean;
  /** The operation that made it. */
  operation: number;
}

export interface TagChanges {
  results: OperationResult[];
  added: NewTag[];
  removed: ActiveTag[];
  /** By the id of a tag that was there before: the operation that removed it. */
  removals: Map<Id, number>;
}

const nameOf = (tag: Pick<ActiveTag, 'flowExecutionId' | 'taskName' | 'tag' | 'tagType'>): string =>
  JSON.stringify([tag.flowExecutionId, tag.taskName, tag.tag, tag.tagType]);

type Live = { tag: ActiveTag; made?: NewTag };

/** What a batch comes to, operation by operation in their order (core.md 7): pure. A removal without metadata takes all of that name (C18). */
export function applyTagOperations(operations: readonly TagOperation[], before: readonly ActiveTag[]): TagChanges {
  const live = new Map<string, Live[]>();
  for (const tag of before) live.set(nameOf(tag), [...(live.get(nameOf(tag)) ?? []), { tag }]);
  const changes: TagChanges = { results: [], added: [], removed: [], removals: new Map() };
  operations.forEach((operation, index) => {
    const wanted = readOperation(operation);
    const named = live.get(nameOf(wanted)) ?? [];
    if (operation.operation === 'add') changes.results.push(add(live, named, wanted, index, changes));
    else {
      const isTaken = ({ tag }: Live) => !Object.hasOwn(operation, 'tag_metadata') || tag.metadataKey === wanted.metadataKey;
      live.set(
        nameOf(wanted),
        named.filter((each) => !isTaken(each)),
      );
      changes.results.push(remove(named.filter(isTaken), index, changes));
    }
  });
  return changes;
}

function readOperation(operation: TagOperation): Omit<NewTag, 'id' | 'operation'> {
  const metadata = operation.tag_metadata ?? null;
  return {
    flowExecutionId: operation.flow_execution_id,
    taskName: operation.task_name,
    tag: operation.tag,
    tagType: operation.tag_type,
    metadataKey: canonicalJson(metadata),
    tagMetadata: metadata === null ? null : JSON.stringify(metadata),
    removed: false,
  };
}

function add(
  live: Map<string, Live[]>,
  named: readonly Live[],
  wanted: Omit<NewTag, 'id' | 'operation'>,
  operation: number,
  changes: TagChanges,
): OperationResult {
  if (named.some(({ tag }) => tag.metadataKey === wanted.metadataKey)) return 'already_exists';
  const made = { ...wanted, id: newId(), operation };
  live.set(nameOf(made), [...named, { tag: made, made }]);
  changes.added.push(made);
  return 'added';
}

function remove(taken: readonly Live[], operation: number, changes: TagChanges): OperationResult {
  for (const { tag, made } of taken) {
    if (made) made.removed = true;
    else {
      changes.removed.push(tag);
      changes.removals.set(tag.id, operation);
    }
  }
  return taken.length > 0 ? 'removed' : 'not_found';
}
