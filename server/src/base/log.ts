import { type Logger, pino } from 'pino';

export type Log = Logger;

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
