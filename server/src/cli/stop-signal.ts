import { constants } from 'node:os';

let stoppedBy: NodeJS.Signals | undefined;

/**
 * A signal that aborts on Ctrl-C or SIGTERM. The first one asks to stop in order; the second ends the process at once, since somebody who
 * presses twice does not want to wait.
 */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals) => {
    if (stoppedBy) process.exit(128 + constants.signals[name]);
    stoppedBy = name;
    if (process.stderr.isTTY) process.stderr.write('\nStopping in order; what runs has some seconds to end. Ctrl-C again ends at once.\n');
    controller.abort(new Error(`stopped by ${name}`));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return controller.signal;
}

/** The exit code of what was cut short by a signal, as shells count it; undefined where nobody asked to stop. */
export const exitCodeOfStop = (): number | undefined => stoppedBy && 128 + constants.signals[stoppedBy];

/** Resolves when the signal aborts. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true })));
