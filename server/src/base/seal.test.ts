import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deriveKey, seal, unseal } from './seal.ts';

const key = randomBytes(32);

describe('seal', () => {
  test('opens with the same key and context', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (bytes, context) => {
        const plaintext = Buffer.from(bytes);
        expect(unseal(key, seal(key, plaintext, context), context)).toEqual(plaintext);
      }),
    );
  });

  test('never gives the same bytes twice, nor the plaintext', () => {
    const plaintext = Buffer.from('a secret that is long enough to be found');
    const [one, two] = [seal(key, plaintext, 'x'), seal(key, plaintext, 'x')];
    expect(one).not.toEqual(two);
    expect(one.includes(plaintext)).toBe(false);
  });

  test('does not open with another key, in another place, or with any bit changed', () => {
    const sealed = seal(key, Buffer.from('secret'), 'here');
    expect(() => unseal(randomBytes(32), sealed, 'here')).toThrow();
    expect(() => unseal(key, sealed, 'there')).toThrow();
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(() => unseal(key, changed, 'here'), `bit ${bit}`).toThrow();
    }
    for (let length = 0; length < sealed.length; length++) expect(() => unseal(key, sealed.subarray(0, length), 'here')).toThrow();
  });
});

test('derived keys have 32 bytes, are the same every time, and differ by purpose and by key', () => {
  expect(deriveKey(key, 'a')).toHaveLength(32);
  expect(deriveKey(key, 'a')).toEqual(deriveKey(key, 'a'));
  expect(deriveKey(key, 'a')).not.toEqual(deriveKey(key, 'b'));
  expect(deriveKey(key, 'a')).not.toEqual(deriveKey(randomBytes(32), 'a'));
});
