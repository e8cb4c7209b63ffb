import { expect, test } from 'vitest';
import { readPreferWait } from './prefer-wait.ts';

test.each([
  [undefined, undefined],
  ['wait=5', 5],
  ['Wait = 5', 5],
  ['wait="7"', 7],
  ['respond-async, wait=10', 10],
  [['respond-async', 'wait=3; foo=1'], 3],
  ['wait=0', 0],
  ['wait=600', 60],
  ['wait=999999999', 60],
  ['wait=-1', undefined],
  ['wait=soon', undefined],
  ['await=5', undefined],
  ['return=minimal', undefined],
])('Prefer: %j waits %j seconds', (header, seconds) => {
  expect(readPreferWait(header)).toBe(seconds);
});
