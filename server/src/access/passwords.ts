import { hash, verify } from '@node-rs/argon2';

const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }; // OWASP's argon2id: 36 ms on one core here
const MAX_CHARACTERS = 128; // a longer one costs as much and protects no more
export const MIN_PASSWORD_CHARACTERS = 8;

let decoy: Promise<string> | undefined;

/** Encoded argon2id. */
export const hashPassword = (password: string): Promise<string> => hash(password, COST);

/**
 * Whether the password is the one of `encoded`. Takes as long where there is no hash (an unknown address, an account without a password),
 * so that time tells nothing.
 */
export async function isPassword(encoded: string | null | undefined, password: string): Promise<boolean> {
  decoy ??= hashPassword('no account has this password');
  if (password.length > MAX_CHARACTERS) return false;
  const matches = await verify(encoded ?? (await decoy), password);
  return matches && encoded != null;
}

/** What is wrong with a new password, for people; undefined where it may be used. */
export function checkPassword(password: string): string | undefined {
  if (password.length < MIN_PASSWORD_CHARACTERS) return `The password needs at least ${MIN_PASSWORD_CHARACTERS} characters`;
  if (password.length > MAX_CHARACTERS) return `The password may have at most ${MAX_CHARACTERS} characters`;
  return undefined;
}
