import { expect, test } from 'vitest';
import { checkPassword, hashPassword, isPassword } from './passwords.ts';

test('a password is kept as argon2id and recognized', async () => {
  const encoded = await hashPassword('correct horse');
  expect(encoded).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await isPassword(encoded, 'correct horse')).toBe(true);
  expect(await isPassword(encoded, 'correct horsf')).toBe(false);
});

test('where there is no hash nothing is right', async () => {
  expect(await isPassword(null, 'no account has this password')).toBe(false);
  expect(await isPassword(undefined, '')).toBe(false);
});

test('a new password has 8 to 128 characters', () => {
  expect(checkPassword('1234567')).toContain('8');
  expect(checkPassword('12345678')).toBeUndefined();
  expect(checkPassword('x'.repeat(129))).toContain('128');
});
