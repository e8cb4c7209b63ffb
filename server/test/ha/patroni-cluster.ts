/** Three PostgreSQL servers that Patroni keeps, with etcd: Debian's packages. Each member is a process group that a test can kill. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { freePort, until } from '../support/flow-program.ts';

const BIN = process.env['FLOW_TEST_POSTGRES_BIN'] ?? '/usr/lib/postgresql/15/bin';
const PASSWORD = 'flow';

export interface Member {
  name: string;
  port: number;
  apiPort: number;
  folder: string;
}

export interface PatroniCluster {
  url: string;
  /** The member that takes writes; undefined while there is none. */
  findLeader(): Promise<Member | undefined>;
  /** Members that run, of which one leads and one confirms every commit. */
  isWhole(): Promise<boolean>;
  /** Ends the server and the Patroni beside it at once, as a machine that is lost does. */
  killMachine(member: Member): Promise<void>;
  /** Ends the server alone. */
  killServer(member: Member): Promise<void>;
  start(member: Member): void;
  close(): Promise<void>;
}

/** As docs/operating/high-availability.md has it, on one machine. */
const configurationOf = (member: Member, etcdPort: number) => ({
  scope: 'flow',
  name: member.name,
  restapi: { listen: `127.0.0.1:${member.apiPort}`, connect_address: `127.0.0.1:${member.apiPort}` },
  etcd3: { hosts: `127.0.0.1:${etcdPort}` },
  bootstrap: {
    dcs: {
      ttl: 8,
      loop_wait: 1,
      retry_timeout: 3,
      primary_start_timeout: 0,
      synchronous_mode: true,
      postgresql: {
        use_pg_rewind: true,
        use_slots: true,
        parameters: { max_connections: 100, shared_buffers: '64MB', wal_keep_size: '256MB' },
      },
    },
    initdb: [{ encoding: 'UTF8' }, { locale: 'C.UTF-8' }, 'data-checksums'],
  },
  postgresql: {
    listen: `127.0.0.1:${member.port}`,
    connect_address: `127.0.0.1:${member.port}`,
    data_dir: join(member.folder, 'data'),
    bin_dir: BIN,
    pgpass: join(member.folder, 'pgpass'),
    basebackup: [{ checkpoint: 'fast' }],
    authentication: {
      superuser: { username: 'postgres', password: PASSWORD },
      replication: { username: 'replicator', password: PASSWORD },
    },
    parameters: { unix_socket_directories: member.folder },
    pg_hba: ['host all all 127.0.0.1/32 scram-sha-256', 'host replication replicator 127.0.0.1/32 scram-sha-256', 'local all all trust'],
  },
});

export async function startPatroniCluster(folder: string): Promise<PatroniCluster> {
  const user = process.getuid?.() === 0 ? await findUser('postgres') : undefined; // PostgreSQL refuses to run as root
  const children = new Map<string, ChildProcess>();
  const run = (name: string, file: string, args: string[]) => {
    const log = openSync(join(folder, `${name}.log`), 'a');
    const child = spawn(file, args, { ...user, cwd: folder, stdio: ['ignore', log, log], detached: true });
    closeSync(log);
    children.set(name, child);
  };
  const own = async (path: string) => {
    await mkdir(path, { recursive: true, mode: 0o700 });
    if (user) await chown(path, user.uid, user.gid);
  };
  await own(folder);
  const [etcdPort, peerPort] = [await freePort(), await freePort()];
  await own(join(folder, 'etcd'));
  const [client, peer] = [`http://127.0.0.1:${etcdPort}`, `http://127.0.0.1:${peerPort}`];
  run('etcd', 'etcd', [
    ...['--data-dir', join(folder, 'etcd'), '--listen-client-urls', client, '--advertise-client-urls', client, '--listen-peer-urls', peer],
    ...['--initial-advertise-peer-urls', peer, '--initial-cluster', `default=${peer}`],
  ]);
  const members: Member[] = [];
  for (const name of ['one', 'two', 'three']) {
    const member = { name, port: await freePort(), apiPort: await freePort(), folder: join(folder, name) };
    await own(member.folder);
    await writeFile(join(member.folder, 'patroni.yml'), stringify(configurationOf(member, etcdPort)));
    members.push(member);
  }
  const start = (member: Member) => run(member.name, 'patroni', [join(member.folder, 'patroni.yml')]);
  const end = (name: string, signal: NodeJS.Signals) => {
    const { pid } = children.get(name) ?? {};
    if (pid !== undefined) tryKill(-pid, signal);
  };
  members.forEach(start);
  const cluster: PatroniCluster = {
    url: `postgres://postgres:${PASSWORD}@${members.map(({ port }) => `127.0.0.1:${port}`).join(',')}/postgres?target_session_attrs=read-write`,
    findLeader: async () => {
      for (const member of members) if ((await ask(member, 'leader')) === 200) return member;
      return undefined;
    },
    isWhole: async () => {
      const states = await Promise.all(
        members.map((member) => Promise.all(['primary', 'sync', 'replica'].map((state) => ask(member, state)))),
      );
      const count = (at: number) => states.filter((state) => state[at] === 200).length;
      return count(0) === 1 && count(1) === 1 && count(2) === 2;
    },
    killMachine: async (member) => {
      end(member.name, 'SIGKILL');
      await killPostmaster(member);
    },
    killServer: killPostmaster,
    start,
    close: async () => {
      for (const member of members) end(member.name, 'SIGKILL');
      end('etcd', 'SIGKILL');
      for (const member of members) await killPostmaster(member);
    },
  };
  const said = () => members.map(({ name }) => readFileSync(join(folder, `${name}.log`), 'utf8').slice(-1000)).join('\n');
  await until(cluster.isWhole, () => `the cluster is whole\n${said()}`).catch(async (error) => {
    await cluster.close();
    throw error;
  });
  return cluster;
}

/** The server is in a session of its own. Its children end when they see that it has. */
async function killPostmaster({ folder }: Member): Promise<void> {
  const text = await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number(text.split('\n')[0]);
  if (pid > 0) tryKill(pid, 'SIGKILL');
}

function tryKill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has ended
  }
}

/** What a member says of itself by its status. */
const ask = (member: Member, state: string): Promise<number> =>
  fetch(`http://127.0.0.1:${member.apiPort}/${state}`, { signal: AbortSignal.timeout(1000) }).then(
    ({ status }) => status,
    () => 0,
  );

async function findUser(name: string): Promise<{ uid: number; gid: number }> {
  const line = new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm').exec(await readFile('/etc/passwd', 'utf8'));
  if (!line) throw new Error(`Run this as another user than ${userInfo().username}, or make the user ${name}`);
  return { uid: Number(line[1]), gid: Number(line[2]) };
}
