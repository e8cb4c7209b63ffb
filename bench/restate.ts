import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchServer } from './bench-database.ts';
import { type HttpAnswer, loadInClosedLoop, writeRequest } from './http-client.ts';
import type { HttpPeer } from './http-peers.ts';
import { installPeer, untilAnswered } from './install-peer.ts';
import { measure } from './measure.ts';
import { freePort, type Program, startProgram } from './program.ts';

const PACKAGES = ['@restatedev/restate-server@1.7.12', '@restatedev/restate-sdk@1.17.2'];
const EXECUTIONS = 2000;
const WARM_UP = 500;
const STEPS = 5;
const SERVICE = fileURLToPath(new URL('./peer-restate.ts', import.meta.url));

/** Restate from npm with its journal on disk, durable as it ships, and a service of five steps in a process beside it. */
export async function openRestate(server: BenchServer): Promise<HttpPeer> {
  const folder = await installPeer('restate', PACKAGES);
  const dataDir = await mkdtemp(join(tmpdir(), 'flow-bench-restate-'));
  const database = await server.createDatabase({ migrated: false }); // to see that PostgreSQL does nothing meanwhile
  const programs: Program[] = [];
  const close = async () => {
    for (const program of programs.splice(0)) await program.close();
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const url = await start(folder, dataDir, programs);
    const request = writeRequest(url, { method: 'POST', path: '/bench/chain', body: 0 });
    const isRight = ({ status, body }: HttpAnswer) => status === 200 && JSON.parse(body).v === STEPS;
    return {
      name: 'restate',
      title: 'Restate',
      bounds: { goal: 3, aim: 5 },
      async run(isWarmUp, connections) {
        const total = isWarmUp ? WARM_UP : EXECUTIONS;
        const latenciesMs: number[] = [];
        const load = async () => {
          latenciesMs.push(...(await loadInClosedLoop(url, { connections, total, request: () => request, isRight })).latenciesMs);
        };
        return { cost: await measure(database.owner, total, load, programs), latenciesMs };
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Answers the address at which its services are called. */
async function start(folder: string, dataDir: string, programs: Program[]): Promise<string> {
  const [ingress, admin, node, service] = [await freePort(), await freePort(), await freePort(), await freePort()];
  programs.push(await startProgram({ args: [SERVICE, String(service), join(folder, 'package.json')], env: {} }));
  const env = {
    RESTATE_BASE_DIR: dataDir,
    RESTATE_BIND_ADDRESS: `127.0.0.1:${node}`,
    RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingress}`,
    RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${admin}`,
    RESTATE_DEFAULT_NUM_PARTITIONS: '2', // faster here than its 24
    DO_NOT_TRACK: '1',
  };
  programs.push(await startProgram({ command: binaryIn(folder), args: [], env, isSilent: true }));
  await untilAnswered(`http://127.0.0.1:${admin}/health`);
  await untilAnswered(`http://127.0.0.1:${admin}/deployments`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ uri: `http://127.0.0.1:${service}`, force: true }),
  });
  return `http://127.0.0.1:${ingress}`;
}

/** The server itself: the package's launcher would stand between us and it. */
function binaryIn(folder: string): string {
  const name = `@restatedev/restate-server-${process.platform}-${process.arch}`;
  return join(createRequire(join(folder, 'package.json')).resolve(`${name}/package.json`), '..', 'bin', 'restate-server');
}
