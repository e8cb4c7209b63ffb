import { expect, test } from 'vitest';
import { taskScope } from './task-scope.ts';
import { claimed, planOf, receive } from './testing/claimed-task.ts';

const task = claimed(planOf([receive]), 0, { input: { a: 1 } });

test('one value or the list of all, null where there is none', () => {
  const { tasks } = taskScope(task, [
    { name: 'one', mode: 'single', values: [{ x: 1 }] },
    { name: 'skipped', mode: 'single', values: [undefined] },
    { name: 'unread', mode: 'single', values: [] },
    { name: 'false', mode: 'single', values: [false] },
    { name: 'all', mode: 'collection', values: [1, undefined, 0] },
    { name: 'none', mode: 'collection', values: [] },
  ]);
  expect({ ...tasks }).toEqual({ one: { x: 1 }, skipped: null, unread: null, false: false, all: [1, null, 0], none: [] });
});

test('a task may bear the name of something every object has', () => {
  const { tasks } = taskScope(task, [{ name: '__proto__', mode: 'single', values: [{ x: 1 }] }]);
  expect(Object.getPrototypeOf(tasks)).toBeNull();
  expect(Object.keys(tasks)).toEqual(['__proto__']);
  expect(tasks['constructor']).toBeUndefined();
});

test('an item is there for a task that has one, even where it is null', () => {
  expect(taskScope(task, [])).not.toHaveProperty('item');
  expect(taskScope({ ...task, itemValue: null }, [])).toHaveProperty('item', null);
});

test('the input and the run', () => {
  expect(taskScope(task, [])).toMatchObject({
    input: { a: 1 },
    execution: { id: 'e', flow_id: 'f', flow_version: 3, run_number: 7, organization_id: 'o', created_at: '2026-03-14T09:00:00.000Z' },
  });
});
