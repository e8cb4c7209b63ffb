import { type Json, type JsonObject, type Log, redactJson, redactText, type SecretForm, secretForms, type TaskLog } from '#base';
import type { Outcome, TaskDeliveries, TaskFiles } from '#executors';

const MIN_IN_FILES = 8; // in bytes that are no text, four come together by chance
const MAX_LOG_DEPTH = 8;

/**
 * Takes the secrets that a task was given out of all that it leaves behind (RELIABILITY attack 34): each stands as `[secret:NAME]`, whether it
 * came back plain or in a form that libraries and servers give it: base64 within anything, base64url, hexadecimal, percent-encoded, as JSON text.
 */
export interface Redactor {
  text(text: string): string;
  /** The same value, keys too. */
  json<T extends Json>(value: T): T;
  outcome(outcome: Outcome): Outcome;
  log(log: Log): Log;
  taskLog(log: TaskLog): TaskLog;
  files(files: TaskFiles): TaskFiles;
  deliveries(deliveries: TaskDeliveries): TaskDeliveries;
}

/** Undefined where there is nothing to hide. */
export function createRedactor(secrets: Readonly<Record<string, string>> | undefined): Redactor | undefined {
  const forms = secretForms(secrets ?? {});
  if (forms.length === 0) return undefined;
  const text = (given: string) => redactText(forms, given);
  const json = <T extends Json>(value: T): T => redactJson(forms, value) as T;
  return {
    text,
    json,
    outcome: (outcome) => redactOutcome(outcome, { text, json }),
    log: (log) => redactLog(log, text),
    taskLog: (log) => redactLog(log, text),
    files: (files) => redactFiles(files, forms),
    deliveries: (deliveries) => ({
      record: (delivery) => deliveries.record(json(delivery as unknown as JsonObject) as unknown as typeof delivery),
    }),
  };
}

function redactOutcome(outcome: Outcome, { text, json }: Pick<Redactor, 'text' | 'json'>): Outcome {
  switch (outcome.status) {
    case 'completed':
      return { ...outcome, output: json(outcome.output ?? null), ...summaryOf(outcome, json) };
    case 'failed': {
      const { error } = outcome;
      const details = error.details === undefined ? {} : { details: json(error.details) };
      const output = outcome.output === undefined ? {} : { output: json(outcome.output) };
      return { ...outcome, error: { ...error, message: text(error.message), ...details }, ...output, ...summaryOf(outcome, json) };
    }
    default:
      return { ...outcome, checkpoint: json(outcome.checkpoint ?? null) };
  }
}

const summaryOf = ({ summary }: { summary?: JsonObject }, json: Redactor['json']) =>
  summary === undefined ? {} : { summary: json(summary) };

const LEVELS = new Set(['trace', 'debug', 'info', 'warn', 'error', 'fatal']);

/** The same log, whose lines and children are redacted. */
function redactLog<L extends Log | TaskLog>(log: L, text: (given: string) => string): L {
  const clean = (value: unknown) => redactLogged(value, text);
  return new Proxy(log, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== 'function') return member;
      if (LEVELS.has(String(property))) return (...args: unknown[]) => member.apply(target, args.map(clean));
      if (property === 'child')
        return (bindings: Record<string, unknown>) => redactLog((target as Log).child(clean(bindings) as Record<string, unknown>), text);
      return member.bind(target);
    },
  });
}

/** Anything that code may hand to a log, as plain JSON: an error by its name, message, code and stack. */
function redactLogged(value: unknown, text: (given: string) => string, depth = 0): unknown {
  if (typeof value === 'string') return text(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_LOG_DEPTH) return '[…]';
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.map((entry) => redactLogged(entry, text, depth + 1));
  const named = value instanceof Error ? { type: value.name, message: value.message, stack: value.stack, cause: value.cause } : {};
  const entries = Object.entries({ ...named, ...value });
  return Object.fromEntries(entries.map(([key, entry]) => [text(key), redactLogged(entry, text, depth + 1)]));
}

/** What a task stores is searched as bytes, so that a picture stays one. */
function redactFiles(files: TaskFiles, forms: readonly SecretForm[]): TaskFiles {
  const inBytes = forms
    .map(({ text, mark }) => ({ text: Buffer.from(text).toString('latin1'), mark }))
    .filter(({ text }) => text.length >= MIN_IN_FILES);
  return {
    describe: (uri) => files.describe(uri),
    read: (uri) => files.read(uri),
    write: (bytes, options) => {
      const found = inBytes.filter(({ text }) => bytes.includes(text, 0, 'latin1'));
      if (found.length === 0) return files.write(bytes, options);
      const clean = found.reduce((result, { text, mark }) => result.replaceAll(text, mark), bytes.toString('latin1'));
      return files.write(Buffer.from(clean, 'latin1'), options);
    },
  };
}
