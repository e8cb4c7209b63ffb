import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { verifyChecksum } from './verify-checksum.ts';

const parts = ['first', 'second', 'third'].map((text) => Buffer.from(text));
const sha256 = createHash('sha256').update(Buffer.concat(parts)).digest();
const check = (chunks: Buffer[]) => buffer(Readable.from(chunks).compose(verifyChecksum(sha256)));

test('the stored bytes pass unchanged', async () => {
  expect((await check(parts)).toString()).toBe('firstsecondthird');
});

test('damaged bytes break before their end', async () => {
  await expect(check([...parts.slice(0, 2), Buffer.from('thirD')])).rejects.toThrow(/checksum/);
  await expect(check(parts.slice(0, 2))).rejects.toThrow(/checksum/);
});

test('an empty file is a file', async () => {
  const none = createHash('sha256').digest();
  expect((await buffer(Readable.from([]).compose(verifyChecksum(none)))).length).toBe(0);
});
