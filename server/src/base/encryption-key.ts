import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FlowError } from './errors.ts';

/**
 * The key of the data folder, made at its first use: base64, in `encryption-key`, readable by its owner alone. It appears with its whole
 * content or not at all, so of two processes that start at once both use the same.
 */
export function readEncryptionKey(dataDir: string, makes = true): Buffer {
  const path = join(dataDir, 'encryption-key');
  const text = readIfPresent(path) ?? (makes ? make(dataDir, path) : refuse(path));
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length === 32) return key;
  throw new FlowError(
    'bad_request',
    `${path} does not hold a key of 32 bytes in base64. Restore it: what was sealed by it opens with no other.`,
  );
}

function refuse(path: string): never {
  throw new FlowError(
    'bad_request',
    `Give the key that the installation was made with: FLOW_ENCRYPTION_KEY, or its file as ${path}. No backup holds it, and with another nothing opens.`,
  );
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function make(dataDir: string, path: string): string {
  mkdirSync(dataDir, { recursive: true });
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(draft, path); // fails where the name exists
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') writeFileSync(path, readFileSync(draft), { mode: 0o600, flag: 'wx' }); // no hard links here
  } finally {
    rmSync(draft, { force: true });
  }
  return readFileSync(path, 'utf8');
}
