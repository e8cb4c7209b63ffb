import { expect, test } from 'vitest';
import { newId } from '#base';
import { type ActiveTag, applyTagOperations } from './apply-tag-operations.ts';
import type { TagOperation } from './task-tag.wire.ts';

const execution = newId();
const operation = (word: 'add' | 'remove', tag: string, metadata?: unknown): TagOperation => ({
  operation: word,
  flow_execution_id: execution,
  task_name: 'read',
  tag,
  tag_type: 'review',
  ...(metadata === undefined ? {} : { tag_metadata: metadata }),
});
const active = (tag: string, metadataKey = 'null'): ActiveTag => ({
  id: newId(),
  flowExecutionId: execution,
  taskName: 'read',
  tag,
  tagType: 'review',
  metadataKey,
});

test.each([
  ['a new one is added', [], [operation('add', 'a')], ['added'], 1, 0],
  ['one that is there is not added again', [active('a')], [operation('add', 'a')], ['already_exists'], 0, 0],
  ['null metadata is none', [active('a')], [operation('add', 'a', null)], ['already_exists'], 0, 0],
  ['other metadata is another tag', [active('a')], [operation('add', 'a', { by: 1 })], ['added'], 1, 0],
  ['keys have no order', [active('a', '{"b":1,"c":2}')], [operation('add', 'a', { c: 2, b: 1 })], ['already_exists'], 0, 0],
  ['case counts', [active('a')], [operation('add', 'A')], ['added'], 1, 0],
  ['C18: removal without metadata takes all', [active('a'), active('a', '1')], [operation('remove', 'a')], ['removed'], 0, 2],
  ['C18: removal with metadata takes that', [active('a'), active('a', '1')], [operation('remove', 'a', 1)], ['removed'], 0, 1],
  ['C18: removal with null takes the one without', [active('a'), active('a', '1')], [operation('remove', 'a', null)], ['removed'], 0, 1],
  ['what is not there is not found', [active('a')], [operation('remove', 'b')], ['not_found'], 0, 0],
  ['a batch may add and remove', [], [operation('add', 'a'), operation('remove', 'a')], ['added', 'removed'], 1, 0],
  [
    'and add again, as a record of its own',
    [],
    [operation('add', 'a'), operation('remove', 'a'), operation('add', 'a'), operation('add', 'a')],
    ['added', 'removed', 'added', 'already_exists'],
    2,
    0,
  ],
] as [string, ActiveTag[], TagOperation[], string[], number, number][])('%s', (_, before, operations, results, added, removed) => {
  const changes = applyTagOperations(operations, before);
  expect(changes.results).toEqual(results);
  expect([changes.added.length, changes.removed.length]).toEqual([added, removed]);
});

test('what the batch itself takes away again stays as a removed record', () => {
  const { added } = applyTagOperations([operation('add', 'a'), operation('remove', 'a'), operation('add', 'a')], []);
  expect(added.map(({ removed }) => removed)).toEqual([true, false]);
});
