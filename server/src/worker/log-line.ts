import { format } from 'node:util';
import type { Json, JsonObject } from '#base';
import { storableJson } from '#engine';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A line as it is kept: text that the database can hold, within the limits. */
export interface LogLine {
  level: LogLevel;
  message: string;
  /** JSON text of an object. */
  fields: string | undefined;
}

const MAX_MESSAGE = 4_000;
const MAX_FIELDS_BYTES = 16 * 1024;
const SHOWN_OF_FIELDS = 2_000; // of those that are too large

/** Fields that are not kept whatever they hold: the same names that the process's log hides. */
const SECRET_NAME = /^(?:password|passwd|secret|token|access_token|refresh_token|api_?key|authorization|cookie|x-api-key)$/i;
const HIDDEN = '[redacted]';

/**
 * Reads what a log was called with, as pino takes it: fields first where there are any, then the message with its values. Never throws, whatever an
 * executor logs.
 */
export function logLine(level: LogLevel, given: readonly unknown[]): LogLine {
  const [first, ...rest] = given;
  const isFields = typeof first === 'object' && first !== null;
  const message = textOf(isFields ? rest : given) || (first instanceof Error ? first.message : '');
  const fields = isFields ? fieldsOf(first instanceof Error ? { err: first } : first) : undefined;
  return { level, message: cut(storableText(message), MAX_MESSAGE), fields };
}

function textOf(values: readonly unknown[]): string {
  try {
    return values.length === 0 ? '' : format(...values);
  } catch {
    return 'a message that cannot be printed';
  }
}

function fieldsOf(given: object): string {
  let text: string;
  try {
    text = JSON.stringify(given, plainValue) ?? '{}';
  } catch {
    return JSON.stringify({ unreadable: 'the fields are no JSON' });
  }
  const storable = storableJson(text);
  if (!storable.startsWith('{')) return JSON.stringify({ value: JSON.parse(storable) as Json });
  if (Buffer.byteLength(storable) <= MAX_FIELDS_BYTES) return storable;
  return JSON.stringify({ cut: cut(storable, SHOWN_OF_FIELDS) } satisfies JsonObject);
}

/** An error is what it says, without the stack, which speaks of this server and not of the flow. */
function plainValue(name: string, value: unknown): unknown {
  if (SECRET_NAME.test(name)) return HIDDEN;
  if (typeof value === 'bigint') return String(value);
  if (!(value instanceof Error)) return value;
  const { code } = value as { code?: unknown };
  return { type: value.name, message: value.message, ...(typeof code === 'string' ? { code } : {}) };
}

const storableText = (text: string): string => text.replaceAll('\0', '\ufffd').toWellFormed();

/** Not within a surrogate pair. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 2);
  const isHalf = last >= 0xd800 && last <= 0xdbff;
  return `${text.slice(0, length - (isHalf ? 2 : 1))}…`;
}
