import { type Logger, pino } from 'pino';
import { activeTrace, splitTraceparent } from './trace-context.ts';

export type Log = Logger;

/** What one says while one works for one attempt of a task: `log.info({ pages: 3 }, 'read the document')`. A process's log can stand for it. */
export type TaskLog = Pick<Log, 'debug' | 'info' | 'warn' | 'error'>;

/**
 * The process's log: JSON lines on standard error, so that standard output stays the program's own. Secrets by name never reach it. A line of work
 * that belongs to a trace bears its `trace_id`.
 */
export function createLog(options: { level?: string; destination?: NodeJS.WritableStream } = {}): Log {
  return pino(
    {
      level: options.level ?? 'info',
      base: null,
      mixin: traceOfLine,
      redact: {
        paths: ['req.headers.authorization', 'req.headers["x-api-key"]', 'req.headers.cookie', '*.password', '*.token', '*.api_key'],
        censor: '[redacted]',
      },
    },
    options.destination ?? process.stderr,
  );
}

function traceOfLine(): object {
  const trace = activeTrace();
  return trace === undefined ? {} : { trace_id: splitTraceparent(trace.traceparent).traceId };
}
