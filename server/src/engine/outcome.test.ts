import { expect, test } from 'vitest';
import { checkedItems, settlementOf, storableJson } from './outcome.ts';
import { plannedTask } from './testing/plan-builder.ts';

test.each([
  ['"a\\u0000b"', '"a\\ufffdb"'],
  ['"a\\\\u0000b"', '"a\\\\u0000b"'],
  ['"\\\\\\u0000"', '"\\\\\\ufffd"'],
  ['"\\ud83d"', '"\\ufffd"'],
  ['"\\udE00x"', '"\\ufffdx"'],
  ['"\\ud83d\\ude00"', '"\\ud83d\\ude00"'],
  ['"\\u0041\\n"', '"\\u0041\\n"'],
  ['{"k":"v"}', '{"k":"v"}'],
])('%s is stored as %s', (text, stored) => expect(storableJson(text)).toBe(stored));

test('only what is over is a settlement', () => {
  expect(settlementOf({ status: 'failed', error: {}, retryInMs: 5 })).toBeUndefined();
  expect(settlementOf({ status: 'awaiting_input', checkpoint: null })).toBeUndefined();
  expect(settlementOf({ status: 'released' })).toBeUndefined();
  expect(settlementOf({ status: 'failed', error: {} })?.status).toBe('failed');
});

test("a gate's list becomes its output; what is no gate is left as it is", () => {
  const gate = plannedTask(1, { kind: 'gate' });
  expect(checkedItems(gate, { status: 'completed', items: [1, { a: 2 }] })).toMatchObject({ status: 'completed', output: '[1,{"a":2}]' });
  expect(checkedItems(gate, { status: 'completed' })).toMatchObject({ output: '[]' });
  const outcome = { status: 'completed', output: '5', items: [1] };
  expect(checkedItems(plannedTask(1, {}), outcome)).toBe(outcome);
});
