import { expect, test } from 'vitest';
import { isKnownTag } from './conditional-get.ts';

test.each([
  [undefined, false],
  ['', false],
  ['W/"a"', true],
  ['"a"', true],
  ['"b", W/"a"', true],
  ['*', true],
  ['"b"', false],
  ['a', false],
  ['W/"A"', false],
])('If-None-Match: %s is %s', (header, isKnown) => {
  expect(isKnownTag(header, 'W/"a"')).toBe(isKnown);
});
