// F7 by the kernel: a worker in a network of its own, whose packets are lost, all of them. Where this machine lets nobody make a network it is skipped.
import { execFile } from 'node:child_process';
import { createConnection, createServer, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { startFlow } from '../support/flow-program.ts';
import { createFlow, reach, startRun } from '../support/run-flow.ts';
import { receive, startRunningPlatform } from '../support/running-platform.ts';

const run = promisify(execFile);
const NAME = `flow${process.pid % 10_000}`;
const [HERE, THERE] = ['10.217.91.1', '10.217.91.2'];

/** A network of its own, joined to ours by a cable; false, with the reason printed, where it cannot be had. */
async function layCable(): Promise<boolean> {
  const steps = [
    `netns add ${NAME}`,
    `link add ${NAME}a type veth peer name ${NAME}b netns ${NAME}`,
    `addr add ${HERE}/30 dev ${NAME}a`,
    `link set ${NAME}a up`,
    `-n ${NAME} addr add ${THERE}/30 dev ${NAME}b`,
    `-n ${NAME} link set ${NAME}b up`,
    `-n ${NAME} link set lo up`,
  ];
  onTestFinished(async () => {
    await run('ip', ['link', 'del', `${NAME}a`]).catch(() => {});
    await run('ip', ['netns', 'del', NAME]).catch(() => {});
  });
  try {
    for (const step of steps) await run('ip', step.split(' '));
    return true;
  } catch (error) {
    console.log(`skipped: no network of its own here (${(error as Error).message.trim().split('\n').at(-1)})`);
    return false;
  }
}

/** Each end sends to a hardware address that nobody has: packets are lost without a word, as behind a broken switch. (`tc netem` does it too, where the kernel has it.) */
async function losePackets(): Promise<void> {
  await run('ip', ['neigh', 'replace', THERE, 'lladdr', '02:00:00:00:00:01', 'nud', 'permanent', 'dev', `${NAME}a`]);
  await run('ip', ['-n', NAME, 'neigh', 'replace', HERE, 'lladdr', '02:00:00:00:00:01', 'nud', 'permanent', 'dev', `${NAME}b`]);
}

async function findPackets(): Promise<void> {
  await run('ip', ['neigh', 'del', THERE, 'dev', `${NAME}a`]);
  await run('ip', ['-n', NAME, 'neigh', 'del', HERE, 'dev', `${NAME}b`]);
}

/** The database on our end of the cable: it listens on loopback alone. */
async function relay(url: string): Promise<string> {
  const { port, hostname } = new URL(url);
  const sockets: Socket[] = [];
  const server = createServer((near) => {
    const far = createConnection(Number(port || 5432), hostname);
    for (const [from, to] of [[near, far] as const, [far, near] as const])
      from
        .on('error', () => to.destroy())
        .on('close', () => to.destroy())
        .pipe(to);
    sockets.push(near, far);
  });
  await new Promise<void>((resolve) => server.listen(0, HERE, resolve));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const relayed = new URL(url);
  relayed.hostname = HERE;
  relayed.port = String((server.address() as { port: number }).port);
  return relayed.href;
}

test('F7: a worker whose packets are all lost gives up within 15 s and comes back when they arrive', { timeout: 180_000 }, async ({
  skip,
}) => {
  const { platform, user, fileKey } = await startRunningPlatform();
  onTestFinished(() => platform.close());
  if (!(await layCable())) return skip();
  const worker = startFlow(['worker', '--workers', '1'], {
    through: ['ip', 'netns', 'exec', NAME],
    env: {
      DATABASE_URL: await relay(platform.ownerUrl),
      FLOW_ENCRYPTION_KEY: platform.config.encryptionKey.toString('hex'),
      FLOW_DATA_DIR: platform.config.dataDir,
    },
  });
  onTestFinished(async () => {
    worker.interrupt('SIGTERM');
    await worker.exit;
  });
  const flowId = await createFlow(user, [receive]);
  await worker.says('ready');
  const before = await startRun(user, flowId, { file_key: fileKey });
  await reach(user, before.id, 'completed');
  await losePackets();
  const lostAt = performance.now();
  const during = await startRun(user, flowId, { file_key: fileKey });
  const gaveUp = () => /the lease was lost/.test(worker.output.stderr + worker.output.stdout);
  await expect.poll(gaveUp, { timeout: 90_000, interval: 100 }).toBe(true);
  console.log(`given up after ${Math.round(performance.now() - lostAt)} ms`);
  expect((await user.get(`/api/flow-executions/${during.id}`)).body.status).toBe('running');
  await findPackets();
  await expect
    .poll(async () => (await user.get(`/api/flow-executions/${during.id}`)).body.status, { timeout: 90_000, interval: 200 })
    .toBe('completed');
});
