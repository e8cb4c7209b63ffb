import { expect, test } from 'vitest';
import { checkBytes, checkedKey } from './checked-key.ts';

const bytes = Buffer.from('{"a":1}');
const key = checkedKey('outputs/o/e/t-0-1', bytes, 'json');

test('F30: a key that ends with its checksum takes the bytes that it was made for, and no others', () => {
  expect(checkBytes(key, bytes)).toBe(bytes);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
    expect(() => checkBytes(key, flipped)).toThrow(/do not match their checksum/);
  }
});

test.each(['outputs/o/e/t-0-1.json', 'flows/f/documents/d'])('%s says nothing of its bytes', (plain) => {
  expect(checkBytes(plain, bytes)).toBe(bytes);
});
