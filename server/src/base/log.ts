import { type Logger, pino } from 'pino';

export type Log = Logger;

/** What one says while one works for one attempt of a task: `log.info({ pages: 3 }, 'read the document')`. A process's log can stand for it. */
export type TaskLog = Pick<Log, 'debug' | 'info' | 'warn' | 'error'>;

/** The process's log: JSON lines on standard error, so that standard output stays the program's own. Secrets by name never reach it. */
export function createLog(options: { level?: string; destination?: NodeJS.WritableStream } = {}): Log {
  return pino(
    {
      level: options.level ?? 'info',
      base: null,
      redact: {
        paths: ['req.headers.authorization', 'req.headers["x-api-key"]', 'req.headers.cookie', '*.password', '*.token', '*.api_key'],
        censor: '[redacted]',
      },
    },
    options.destination ?? process.stderr,
  );
}
