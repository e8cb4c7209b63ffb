import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const MIN_KEY_BYTES = 24; // Standard Webhooks 1.0, "Signature scheme"
const MAX_KEY_BYTES = 64;

/** The key of a secret, written as `whsec_` and base64, or as the base64 alone; undefined where it is none. */
export function readSigningKey(secret: string): Buffer | undefined {
  const text = secret.trim().replace(PREFIX, '');
  const key = BASE64.test(text) ? Buffer.from(text, 'base64') : undefined;
  return key && key.length >= MIN_KEY_BYTES && key.length <= MAX_KEY_BYTES ? key : undefined;
}

/** `v1,` and the signature of id, time in seconds and payload, as they are sent. */
export const signMessage = (key: Buffer, { id, timestamp, payload }: { id: string; timestamp: number; payload: string }): string =>
  `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${payload}`).digest('base64')}`;
