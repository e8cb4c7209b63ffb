import { expect, test } from 'vitest';
import { innerItem, itemPath, MAX_ITEMS, outerItem, visibleItems } from './item-path.ts';

test('three levels of the last items fit a number, exactly', () => {
  const last = MAX_ITEMS - 1;
  const item = innerItem(innerItem(last, last), last);
  expect(Number.isSafeInteger(item)).toBe(true);
  expect(itemPath(item, 3)).toEqual([last, last, last]);
  expect(itemPath(0, 0)).toEqual([]);
  expect(outerItem(item, 3)).toBe(0);
});

test('a task sees one outer item, or a range of inner ones', () => {
  expect(visibleItems(innerItem(4, 2), 2, 1)).toEqual({ low: 4, high: 4 });
  expect(visibleItems(5, 1, 1)).toEqual({ low: 5, high: 5 });
  expect(visibleItems(5, 1, 2)).toEqual({ low: innerItem(5, 0), high: innerItem(5, MAX_ITEMS - 1) });
  expect(visibleItems(0, 0, 2)).toEqual({ low: 0, high: MAX_ITEMS ** 2 - 1 });
});
