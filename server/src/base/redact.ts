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
 * The forms that libraries and servers give a secret, the longest first: plain or quoted as JSON, and each of these in base64 within anything,
 * base64url, hexadecimal, percent-encoded; and each line of one that has many.
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
  const quoted = new Set([value, value.trim(), ...longLines(value)].flatMap(quotedForms)); // of most secrets they are one
  const texts = [...quoted].flatMap(encodedForms);
  return [...new Set(texts)].filter((text) => text.length >= MIN_LENGTH).map((text) => ({ text, mark: `[secret:${name}]` }));
}

/** As it stands within other texts: in JSON, in JSON within JSON, in a query that was half decoded, and its UTF-8 read as Latin-1. */
function quotedForms(text: string): string[] {
  const quoted = JSON.stringify(text).slice(1, -1);
  const forms = [text, quoted, JSON.stringify(quoted).slice(1, -1), text.replaceAll(' ', '+')];
  return [...forms, ...forms.map((form) => Buffer.from(form).toString('latin1'))];
}

function encodedForms(text: string): string[] {
  const plain = text.toWellFormed();
  const bytes = Buffer.from(plain);
  const percent = [encodeURIComponent(plain), encodeURI(plain), new URLSearchParams([['', plain]]).toString().slice(1)];
  const hex = bytes.toString('hex');
  return [
    text,
    ...percent,
    ...percent.map((each) => each.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())),
    hex,
    hex.toUpperCase(),
    ...[0, 1, 2].flatMap((before) => withinBase64(bytes, before)),
  ];
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
