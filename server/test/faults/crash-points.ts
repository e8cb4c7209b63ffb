/**
 * Preloaded into a process (`node --import`): kills it, as the kernel would, at the n-th pass of a point that FLOW_CRASH_AT names, such as
 * `settle-tasks.sent:2`. With FLOW_CRASH_RECORD it writes each point that it passes first to that file. Nothing of it is in the product: it wraps what the
 * product calls.
 *
 * Points: each statement by its name, begin and commit among them: `.before` it is sent, which is after the answer to the one that came before it, and `.sent`
 * with no answer read: the server carries it out. The latter only where it changes something. Each object that is renamed into the file store:
 * `rename.before`, `rename.after`. Each call of an executor to the outside: `fetch.before`, `fetch.answered`. After a SIGTERM each has `drain.` before it.
 */
import { appendFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import pg from 'pg';

const { FLOW_CRASH_AT = '', FLOW_CRASH_RECORD = '', FLOW_DATA_DIR = '' } = process.env;
const [wanted = '', pass = '1'] = FLOW_CRASH_AT.split(':');
const passes = new Map<string, number>();
let phase = '';

function reach(name: string): void {
  const point = `${phase}${name}`;
  const times = (passes.get(point) ?? 0) + 1;
  passes.set(point, times);
  if (times === 1 && FLOW_CRASH_RECORD !== '') appendFileSync(FLOW_CRASH_RECORD, `${point}\n`);
  if (point === wanted && times === Number(pass)) process.kill(process.pid, 'SIGKILL');
}

interface Statement {
  name?: string;
  text?: string;
}

const CHANGES = /\b(insert|update|delete|share|begin|commit|rollback|notify|pg_notify|listen)\b/i;

/** The engine names its statements, and counts up how often they were planned; others are known by their verb and table. */
function nameOf({ name, text = '' }: Statement): string {
  if (name !== undefined && !name.startsWith('s_')) return name.replace(/\/\d+$/, '');
  const [, verb = '', table = ''] = /^\W*(\w+)(?:.*?\b(?:from|into|update|listen)\s+"?(\w+))?/is.exec(text) ?? [];
  return [verb.toLowerCase(), table].filter(Boolean).join('-');
}

const send = pg.Client.prototype.query as (...args: unknown[]) => unknown;

pg.Client.prototype.query = function query(this: pg.Client, ...args: unknown[]): unknown {
  const statement: Statement = typeof args[0] === 'string' ? { text: args[0] } : (args[0] as Statement);
  reach(`${nameOf(statement)}.before`);
  const result = send.apply(this, args);
  if (CHANGES.test(statement.text ?? '')) reach(`${nameOf(statement)}.sent`);
  return result;
} as typeof pg.Client.prototype.query;

const { rename } = fs;
fs.rename = async (from, to) => {
  const isObject = FLOW_DATA_DIR !== '' && String(to).startsWith(FLOW_DATA_DIR);
  if (isObject) reach('rename.before');
  await rename(from, to);
  if (isObject) reach('rename.after');
};
syncBuiltinESMExports();

const fetchAll = globalThis.fetch;
globalThis.fetch = async (...args) => {
  reach('fetch.before');
  const response = await fetchAll(...args);
  reach('fetch.answered');
  return response;
};

process.on('SIGTERM', () => {
  phase = 'drain.';
});
