/** The real program, as a shell starts it: its own process group, no terminal, and no setting but those given. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../bin/flow.mjs', import.meta.url));
const DEADLINE_MS = 55_000; // of everything that is waited for here: generous, since the machine may be busy

export interface FlowProcess {
  child: ChildProcess;
  /** What it has written so far. */
  output: { stdout: string; stderr: string };
  /** Resolves when it has written this to standard output; fails with what it wrote where it ends first. */
  says(text: string | RegExp): Promise<string>;
  /** Resolves with its exit code; the name of the signal where one ended it. */
  exit: Promise<number | NodeJS.Signals>;
  /** What it had started when it was interrupted, however far away that has moved since. */
  children: Set<string>;
  /** Signals its whole process group, as a terminal does on Ctrl-C. */
  interrupt(signal?: NodeJS.Signals): void;
}

export interface Finished {
  code: number | NodeJS.Signals;
  stdout: string;
  stderr: string;
}

export interface StartOptions {
  env?: Record<string, string>;
  /** Written to its standard input, which then ends. */
  stdin?: string;
  /** A program that starts it, with its own arguments first. */
  through?: [string, ...string[]];
}

const environment = (extra: Record<string, string> = {}): NodeJS.ProcessEnv => {
  const { PATH, HOME, TMPDIR } = process.env;
  return { PATH, HOME, TMPDIR, NO_COLOR: '1', ...extra };
};

/** Starts `flow` with these arguments; end it by `interrupt` or by its own end. */
export function startFlow(args: string[], options: StartOptions = {}): FlowProcess {
  const [command, ...before] = [...(options.through ?? []), process.execPath] as [string, ...string[]];
  const child = spawn(command, [...before, PROGRAM, ...args], {
    env: environment(options.env),
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true, // a process group of its own
  });
  child.stdin.on('error', () => {}); // it may end without reading
  child.stdin.end(options.stdin ?? '');
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    output.stderr += text;
  });
  const exit = new Promise<number | NodeJS.Signals>((resolve) => child.once('close', (code, signal) => resolve(code ?? signal ?? -1)));
  const says = async (text: string | RegExp) => {
    let ended: number | NodeJS.Signals | undefined;
    void exit.then((code) => {
      ended = code;
    });
    const isThere = () => (typeof text === 'string' ? output.stdout.includes(text) : text.test(output.stdout));
    await until(
      () => isThere() || ended !== undefined,
      () => `'${text}' of flow ${args.join(' ')}\n${output.stdout}${output.stderr}`,
    );
    if (!isThere())
      throw new Error(`flow ${args.join(' ')} ended with ${ended} and never said '${text}'\n${output.stdout}${output.stderr}`);
    return output.stdout;
  };
  const children = new Set<string>();
  const interrupt = (signal: NodeJS.Signals = 'SIGINT') => {
    for (const identity of descendantsOf(String(child.pid))) children.add(identity);
    try {
      process.kill(-(child.pid ?? 0), signal);
    } catch {
      // ended already
    }
  };
  return { child, output, says, exit, children, interrupt };
}

/** Runs `flow` to its end. */
export async function runFlow(args: string[], options: StartOptions = {}): Promise<Finished> {
  const program = startFlow(args, options);
  const timer = setTimeout(() => program.interrupt('SIGKILL'), DEADLINE_MS);
  const code = await program.exit;
  clearTimeout(timer);
  return { code, ...program.output };
}

/** `flow serve` that is ready, and its address. */
export async function startServe(args: string[], options: StartOptions = {}): Promise<FlowProcess & { url: string; ready: ReadyLine }> {
  const program = startFlow(['serve', '--port', '0', ...args], options);
  await program.says('\n');
  const ready = JSON.parse(program.output.stdout) as ReadyLine;
  return { ...program, url: ready.url, ready };
}

export interface ReadyLine {
  event: string;
  url: string;
  setup_url?: string;
}

/** Polls with a deadline. */
export async function until(isSo: () => boolean | Promise<boolean>, what: string | (() => string)): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`Not within ${DEADLINE_MS / 1000} s: ${typeof what === 'string' ? what : what()}`);
    await wait(20);
  }
}

const read = (pid: string, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // it has ended
  }
};

interface RunningProcess {
  pid: string;
  parent: string;
  group: string;
  /** Its number and when it started: numbers are used again. */
  identity: string;
  command: string;
}

/** Everything that runs on this machine; Linux. */
const listProcesses = (): RunningProcess[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .flatMap((pid) => {
      const fields = read(pid, 'stat').split(') ').at(-1)?.split(' ') ?? []; // proc(5), from the third field on
      const [state, parent = '', group = ''] = fields;
      if (state === undefined || state === '' || state === 'Z') return [];
      return [{ pid, parent, group, identity: `${pid}@${fields[19]}`, command: read(pid, 'cmdline').replaceAll('\0', ' ').trim() }];
    });

function descendantsOf(root: string): string[] {
  const all = listProcesses();
  const of = (parent: string): RunningProcess[] => all.filter((one) => one.parent === parent).flatMap((one) => [one, ...of(one.pid)]);
  return of(root).map((one) => one.identity);
}

/** What runs of programs and their data folder: process groups, what they had started, the keeper, the database server. One line each. */
export function processesOf(dataDir: string, ...programs: FlowProcess[]): string[] {
  return listProcesses()
    .filter(
      ({ group, identity, command }) =>
        command.includes(dataDir) || programs.some(({ child, children }) => group === String(child.pid) || children.has(identity)),
    )
    .map(({ pid, command }) => `${pid} ${command}`);
}

/** Waits until nothing of them runs. */
export async function expectNothingRuns(dataDir: string, ...programs: FlowProcess[]): Promise<void> {
  await until(
    () => processesOf(dataDir, ...programs).length === 0,
    () => `nothing runs any more: ${processesOf(dataDir, ...programs).join('\n')}`,
  );
}

/** A port of loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
