import { stripVTControlCharacters, styleText } from 'node:util';
import { ApiError } from '@flow-platform/sdk';
import type { ArgsDef, Resolvable } from 'citty';
import { FlowError } from '#base';
import { checkArguments } from './check-arguments.ts';
import { exitCodeOfStop } from './stop-signal.ts';

interface CommandContext {
  rawArgs: string[];
  cmd: { args?: Resolvable<ArgsDef> };
}

/**
 * Wraps a command: its arguments are checked, and what it throws is told in a sentence a person can act on, with the details that came along;
 * the exit code is 1. Only a bug of ours shows its stack. What a signal cut short says nothing and ends as shells expect.
 */
export function guarded<C>(run: (context: C) => Promise<void>): (context: C) => Promise<void> {
  return async (context) => {
    try {
      const { rawArgs, cmd } = context as CommandContext;
      checkArguments(rawArgs, (cmd.args ?? {}) as ArgsDef);
      await run(context);
    } catch (error) {
      const code = exitCodeOfStop();
      if (code === undefined) reportFailure(error);
      process.exitCode = code ?? 1;
    }
  };
}

export function reportFailure(error: unknown, out: NodeJS.WriteStream = process.stderr): void {
  const message = describe(error);
  out.write(`${styleText('red', '✖', { stream: out })} ${out.isTTY ? message : stripVTControlCharacters(message)}\n`);
  for (const detail of detailsOf(error)) if (!message.includes(detail)) out.write(`  ${detail}\n`);
}

function detailsOf(error: unknown): string[] {
  const details = error instanceof FlowError || error instanceof ApiError ? error.details : undefined;
  const list = Array.isArray(details) ? details : details === undefined || details === null ? [] : [details];
  return list.map((detail) => (typeof detail === 'string' ? detail : JSON.stringify(detail)));
}

/** What the system says in codes, in words. */
const SYSTEM_FAILURES: Record<string, (error: NodeJS.ErrnoException & { port?: number; address?: string }) => string> = {
  ENOENT: ({ path, message }) => (path ? `There is no file ${path}` : message),
  EISDIR: ({ path }) => `${path ?? 'That'} is a folder, not a file`,
  ENOTDIR: ({ path, message }) => (path ? `${path} leads through a file, not a folder` : message),
  EACCES: ({ path, message }) => (path ? `${path} may not be opened by this user` : message),
  EADDRINUSE: ({ port, address }) => `Port ${port} of ${address} is taken: choose another with --port or FLOW_PORT`,
  EADDRNOTAVAIL: ({ address }) => `${address} is no address of this machine: --host or FLOW_HOST names one, or 0.0.0.0 for all`,
};

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message === 'fetch failed' && error.cause instanceof Error) return `The server cannot be reached: ${reasonOf(error.cause)}`;
  if (error instanceof FlowError) return error.cause instanceof Error ? `${error.message} (${reasonOf(error.cause)})` : error.message;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const inWords = SYSTEM_FAILURES[code];
  if (inWords) return inWords(error);
  const isExpected = error.constructor === Error || error instanceof ApiError || code !== '' || /^(Abort|Timeout)Error$/.test(error.name);
  return isExpected ? error.message : (error.stack ?? error.message);
}

/** A name with several addresses fails once for each, in an error whose own message is empty. */
const reasonOf = (cause: Error): string =>
  cause instanceof AggregateError ? cause.errors.map((error) => (error as Error).message).join('; ') : cause.message;
