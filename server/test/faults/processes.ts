import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from '#base';

/** Where `flow` keeps its compiled code, too: a third less time to start. */
const COMPILED = fileURLToPath(new URL('../../../node_modules/.cache/flow', import.meta.url));
const WORKER = fileURLToPath(new URL('./worker-process.ts', import.meta.url));

/** A worker of the tests in a process of its own, to be killed, suspended or stopped. */
export interface WorkerProcess {
  process: ChildProcess;
  /** Its lease when it started; undefined until then. */
  workerId: number | undefined;
  /** What it has logged so far. */
  logged(): string;
  /** Starts one that waits. Resolves with the number of its lease, or undefined where it ended before it had one. */
  begin(): Promise<number | undefined>;
  /** Resolves with the signal that ended it, or its exit code. */
  ended: Promise<NodeJS.Signals | number>;
}

export interface WorkerOptions {
  env?: Record<string, string>;
  /** Of Node.js. */
  flags?: readonly string[];
  /** Loads, and waits for `begin`. */
  waits?: boolean;
}

/** The worker processes of a test: however it ends, `endAll` ends them. */
export class Processes {
  readonly #engineUrl: string;
  readonly #dataDir: string;
  readonly #all: WorkerProcess[] = [];

  constructor({ engineUrl, dataDir }: { engineUrl: string; dataDir: string }) {
    this.#engineUrl = engineUrl;
    this.#dataDir = dataDir;
  }

  /** Resolves when it holds its lease, or is loaded where it waits. Throws where it ended before. */
  async startWorker({ env = {}, flags = [], waits = false }: WorkerOptions = {}): Promise<WorkerProcess> {
    const child = spawn(process.execPath, [...flags, WORKER], {
      env: {
        ...childEnvironment(),
        ...env,
        NODE_COMPILE_CACHE: COMPILED,
        ENGINE_URL: this.#engineUrl,
        FLOW_DATA_DIR: this.#dataDir,
        ...(waits ? { FLOW_TEST_WAITS: '1' } : {}),
      },
      cwd: this.#dataDir, // where the system may leave the core of one that aborted
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const worker = new ChildWorker(child);
    this.#all.push(worker);
    const said = await worker.nextLine();
    if (said === undefined) throw new Error(`a worker ended with ${await worker.ended} as it started\n${worker.logged()}`);
    if (!waits) worker.workerId = Number(said);
    return worker;
  }

  /** Kills what runs, and waits until it has ended. */
  async endAll(): Promise<void> {
    for (const worker of this.#all) worker.process.kill('SIGKILL');
    await Promise.all(this.#all.map(({ ended }) => ended));
  }
}

class ChildWorker implements WorkerProcess {
  readonly process: ChildProcess;
  readonly ended: Promise<NodeJS.Signals | number>;
  workerId: number | undefined;
  readonly #lines: Interface;
  #logged = '';

  constructor(child: ChildProcess) {
    this.process = child;
    this.#lines = createInterface(child.stdout as NodeJS.ReadableStream);
    this.ended = new Promise((resolve) => child.once('close', (code, signal) => resolve(signal ?? code ?? -1)));
    child.stdin?.on('error', () => {}); // it may be gone
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      this.#logged += text;
    });
  }

  logged = (): string => this.#logged;

  async nextLine(): Promise<string | undefined> {
    const [line] = await Promise.race([once(this.#lines, 'line'), this.ended.then(() => [undefined])]);
    return line;
  }

  async begin(): Promise<number | undefined> {
    this.process.stdin?.write('begin\n');
    const line = await this.nextLine();
    this.workerId = line === undefined ? undefined : Number(line);
    return this.workerId;
  }
}
