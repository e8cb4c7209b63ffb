import fc from 'fast-check';
import { expect, test } from 'vitest';
import { storableJson } from './outcome.ts';
import { storedKey } from './places.ts';

const unit = fc.constantFrom('a', 'b', '\0', '\ud800', '\udc00', '😀', 'sha256:');
const key = fc.oneof(fc.string({ unit, maxLength: 4 }), fc.string({ minLength: 190, maxLength: 300 }));

test('a key is stored as it is or by its hash: equal where it is equal, apart where it is not, and always within the column', () => {
  fc.assert(
    fc.property(key, key, (one, other) => {
      expect(storedKey(one) === storedKey(other)).toBe(one === other);
      expect(storedKey(one).length).toBeLessThanOrEqual(200);
      expect(storableJson(JSON.stringify(storedKey(one)))).toBe(JSON.stringify(storedKey(one)));
    }),
    { numRuns: 2_000 },
  );
});

test('a short key is readable, and cannot pass for the hash of another', () => {
  expect(storedKey('partner-42')).toBe('partner-42');
  expect(storedKey(storedKey('x'.repeat(300)))).not.toBe(storedKey('x'.repeat(300)));
});
