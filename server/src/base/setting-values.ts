// What the text of a setting becomes. Each throws an Error whose message completes the setting's name.
import { isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import ipaddr from 'ipaddr.js';

export const anyText = (text: string) => text;

export const oneOf =
  (...words: string[]) =>
  (text: string) => {
    if (!words.includes(text)) throw new Error(`must be ${words.length > 1 ? 'one of ' : ''}${words.join(', ')}, not "${text}"`);
    return text;
  };

export const integer = (min: number, max: number) => (text: string) => {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) throw new Error(`must be a whole number from ${min} to ${max}, not "${text}"`);
  return value;
};

export function yesOrNo(text: string): boolean {
  if (/^(1|true|yes|on)$/i.test(text)) return true;
  if (/^(0|false|no|off)$/i.test(text)) return false;
  throw new Error(`must be true or false, not "${text}"`);
}

const list = (text: string) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);

/** The text itself stays out of the message: it may hold a password. */
export const url =
  (...schemes: string[]) =>
  (text: string) => {
    const parsed = URL.canParse(text) ? new URL(text) : undefined;
    if (!parsed || !schemes.includes(parsed.protocol)) throw new Error(`must be a URL that begins with ${schemes.join(' or ')}`);
    return text.replace(/\/+$/, '');
  };

export function networks(text: string): readonly string[] {
  const wrong = list(text).filter((part) => !ipaddr.isValidCIDR(part));
  if (wrong.length > 0) throw new Error(`must be networks such as 10.0.0.0/8, separated by commas, not "${wrong.join(', ')}"`);
  return Object.freeze(list(text));
}

export function origins(text: string): readonly string[] {
  const isOrigin = (part: string) => part === '*' || (URL.canParse(part) && new URL(part).origin === part);
  const wrong = list(text).filter((part) => !isOrigin(part));
  if (wrong.length > 0) throw new Error(`must be origins such as https://example.org, separated by commas, not "${wrong.join(', ')}"`);
  return Object.freeze(list(text));
}

/** A relative `file:` location is a folder of the working directory, as any path on a command line. */
export function fileLocation(text: string): string {
  if (!/^(file|s3|gs):/.test(text)) throw new Error('must begin with file:, s3: or gs:');
  if (!text.startsWith('file:') || text.startsWith('file://')) return text;
  const [path = '', query] = text.slice('file:'.length).split('?', 2);
  return pathToFileURL(isAbsolute(path) ? path : resolve(path)).href + (query === undefined ? '' : `?${query}`);
}

export function encryptionKey(text: string): Buffer {
  const key = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  if (key.length !== 32) throw new Error('must be 32 bytes, in base64 or as 64 hexadecimal digits (openssl rand -base64 32)');
  return key;
}

export function email(text: string): string {
  if (!/^[^\s@]+@[^\s@]+$/.test(text) || text.length > 320) throw new Error('must be an email address');
  return text;
}

export function password(text: string): string {
  if (text.length < 8 || text.length > 128) throw new Error('must have 8 to 128 characters');
  return text;
}
