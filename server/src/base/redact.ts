import type { Json } from './json.ts';

/** Shorter ones would be found in every text: what is secret with three characters is not. */
const MIN_LENGTH = 4;
const MIN_LINE_LENGTH = 16;

/** One way in which a secret may be written, and what stands in its place. */
export interface SecretForm {
  text: string;
  mark: string;
}

/**
 * The forms that libraries and servers give a secret, the longest first: plain, base64 within anything, base64url, hexadecimal, percent-encoded, as
 * JSON text, and each line of one that has many.
 */
export function secretForms(secrets: Readonly<Record<string, string>>): SecretForm[] {
  const forms = Object.entries(secrets).flatMap(([name, value]) => formsOf(name, value));
  return forms.sort((a, b) => b.text.length - a.text.length); // the whole before its parts
}

/** The text with `[secret:NAME]` for each form that stands in it. */
export const redactText = (forms: readonly SecretForm[], text: string): string =>
  forms.reduce((result, form) => result.replaceAll(form.text, form.mark), text);

/** The same value, keys too; a number that spells a secret becomes text. */
export function redactJson(forms: readonly SecretForm[], value: Json): Json {
  if (typeof value === 'string') return redactText(forms, value);
  if (typeof value === 'number') return redactNumber(forms, value);
  if (Array.isArray(value)) return value.map((entry) => redactJson(forms, entry));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [redactText(forms, key), redactJson(forms, entry)]));
}

function redactNumber(forms: readonly SecretForm[], value: number): Json {
  const text = redactText(forms, String(value));
  return text === String(value) ? value : text;
}

function formsOf(name: string, value: string): SecretForm[] {
  if (value.trim().length < MIN_LENGTH) return [];
  const bytes = Buffer.from(value);
  const percent = encodeURIComponent(value.toWellFormed());
  const texts = [
    value,
    value.trim(),
    ...longLines(value),
    JSON.stringify(value).slice(1, -1),
    percent,
    percent.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    percent.replaceAll('%20', '+'),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    ...[0, 1, 2].flatMap((before) => withinBase64(bytes, before)),
  ];
  return [...new Set(texts)].filter((text) => text.length >= MIN_LENGTH).map((text) => ({ text, mark: `[secret:${name}]` }));
}

/** A key of many lines is shown by line. Short lines (`}`) and the frame of a PEM are no secret. */
function longLines(value: string): string[] {
  const lines = value.split(/\r?\n/);
  if (lines.length === 1) return [];
  return lines.map((line) => line.trim()).filter((line) => line.length >= MIN_LINE_LENGTH && !/^-+[A-Z ]+-+$/.test(line));
}

/** What of base64 the bytes decide, wherever they begin within a longer text (as the password in `user:password` does). */
function withinBase64(bytes: Buffer, before: number): string[] {
  const padded = Buffer.concat([Buffer.alloc(before), bytes]);
  const plain = padded.toString('base64').slice(Math.ceil((before * 8) / 6), Math.floor((padded.length * 8) / 6));
  if (plain.length < MIN_LENGTH) return [];
  return [plain, plain.replaceAll('+', '-').replaceAll('/', '_'), encodeURIComponent(plain)];
}
