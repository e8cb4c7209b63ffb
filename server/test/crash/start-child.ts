import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from '#base';

const WORKER = fileURLToPath(new URL('./crash-worker.ts', import.meta.url));

/** A worker process that a test may kill. */
export interface RunningChild {
  process: ChildProcess;
  workerId: number;
}

/** Resolves when it holds its lease. */
export async function startChild(engineUrl: string, dataDir: string): Promise<RunningChild> {
  const child = spawn(process.execPath, [WORKER], {
    env: { ...childEnvironment(), ENGINE_URL: engineUrl, FLOW_DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface(child.stdout as NodeJS.ReadableStream), 'line');
  return { process: child, workerId: Number(line) };
}
