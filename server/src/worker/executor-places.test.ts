import { expect, test } from 'vitest';
import { catalogue } from '#executors';
import { createExecutorPlaces, limitedExecutors } from './executor-places.ts';
import { catalogueWith, workOf } from './testing/claimed-task.ts';

const executors = catalogueWith(workOf(async () => ({ status: 'completed', output: 1 }), { concurrency: 3 }));
const open = () => {
  const places = createExecutorPlaces({
    ...executors,
    list: () => executors.list().filter(({ name }) => name === 'work' || name === 'delay'),
  });
  return places;
};

test('names those that have a limit, the same for engine and worker', () => {
  expect(open().limited).toEqual(new Set(['work']));
  const limited = catalogue.list().filter(({ concurrency }) => concurrency !== undefined);
  expect(limitedExecutors(executors)).toEqual(new Set([...limited.map(({ name }) => name), 'work']));
});

test('two loops together never reserve more than there is', () => {
  const places = open();
  const first = places.reserve();
  expect([first, places.reserve()]).toEqual([{ work: 3 }, { work: 0 }]);
  places.keep(first, ['work', 'delay', 'work']); // what is unlimited is not counted
  const second = places.reserve();
  expect(second).toEqual({ work: 1 });
  places.keep(second, []);
  places.free('work');
  places.free('delay');
  expect(places.reserve()).toEqual({ work: 2 });
});

test('places that were taken beyond the limit are none to reserve until they are free', () => {
  const places = open();
  places.keep({}, ['work', 'work', 'work', 'work']); // such as successors that came back claimed
  const reserved = places.reserve();
  expect(reserved).toEqual({ work: 0 });
  places.keep(reserved, []);
  places.free('work');
  places.free('work');
  expect(places.reserve()).toEqual({ work: 1 });
});
