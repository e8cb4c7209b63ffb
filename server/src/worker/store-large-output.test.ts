import { expect, test, vi } from 'vitest';
import { checkedKey, type FileStore } from '#files';
import { isLarge, storeLargeOutput } from './store-large-output.ts';
import { claimed, planOf, receive } from './testing/claimed-task.ts';

const ROW_BYTES = 256 * 1024;
const task = claimed(planOf([receive]), 0, { attempt: 4 });
const storeOf = () => {
  const put = vi.fn(async () => ({ sizeBytes: 0, sha256: Buffer.alloc(0) }));
  return { put, files: { put } as unknown as FileStore };
};

test.each([
  ['a', ROW_BYTES, false],
  ['a', ROW_BYTES + 1, true],
  ['é', ROW_BYTES / 2, false],
  ['é', ROW_BYTES / 2 + 1, true],
  ['\u20ac', Math.floor(ROW_BYTES / 3) + 1, true],
])('%s, %i times: %s', (letter, times, expected) => expect(isLarge(letter.repeat(times))).toBe(expected));

test('what fits stays, and so does what has no output', async () => {
  const { put, files } = storeOf();
  for (const outcome of [
    { status: 'completed' as const, output: '1' },
    { status: 'completed' as const, items: [] },
    { status: 'skipped' as const },
  ])
    expect(await storeLargeOutput(files, task, outcome)).toBe(outcome);
  expect(put).not.toHaveBeenCalled();
});

test('a large output, also that of a failure, is moved under a key of its attempt', async () => {
  const { put, files } = storeOf();
  const output = 'x'.repeat(ROW_BYTES + 1);
  const outputKey = checkedKey('outputs/o/e/t0-0-4', Buffer.from(output), 'json');
  expect(await storeLargeOutput(files, task, { status: 'failed', error: { code: 'partly' }, output })).toEqual({
    status: 'failed',
    error: { code: 'partly' },
    output: undefined,
    outputKey,
  });
  expect(put).toHaveBeenCalledExactlyOnceWith(outputKey, Buffer.from(output), { contentType: 'application/json' });
});
