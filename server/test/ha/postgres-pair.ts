/** Two servers from the binaries that come with the install: a primary, and a standby that confirms every commit. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { copyCluster } from '../../src/backup/copy-cluster.ts';
import { findBinaries } from '../../src/db/embedded/binaries.ts';
import { type Launch, planLaunch } from '../../src/db/embedded/launch.ts';
import { freePort, until } from '../support/flow-program.ts';

export interface Server {
  port: number;
  /** Ends it as a loss of power does. */
  kill(): Promise<void>;
  query<R = Record<string, unknown>>(text: string): Promise<R[]>;
}

export interface PostgresPair {
  primary: Server;
  standby: Server;
  /** Both, as an operator writes them. */
  url: string;
  close(): Promise<void>;
}

const SETTINGS = { fsync: 'off', shared_buffers: '32MB', listen_addresses: '127.0.0.1', unix_socket_directories: '' };

/** In `folder`, which is the caller's to remove. Whoever signs in from loopback is trusted. */
export async function startPostgresPair(folder: string): Promise<PostgresPair> {
  const launch = await planLaunch(await findBinaries(folder), folder);
  const [first, second] = [join(launch.folder, 'first'), join(launch.folder, 'second')];
  const init = launch.command(launch.binaries.initdb, [
    '-D',
    first,
    '-U',
    'flow',
    '--auth=trust',
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
  ]);
  const made = spawnSync(init.file, init.args, { ...init.options, cwd: '/', encoding: 'utf8' });
  if (made.status !== 0) throw new Error(made.stderr);
  const primary = await startServer(launch, first, {});
  await primary.query('create database flow');
  await primary.query(`select pg_create_physical_replication_slot('standby', true)`);
  await copyStandby(primary, first, second);
  const conninfo = `host=127.0.0.1 port=${primary.port} user=flow application_name=standby`;
  const standby = await startServer(launch, second, { primary_conninfo: conninfo, primary_slot_name: 'standby' });
  await primary.query(`alter system set synchronous_standby_names = 'standby'`);
  await primary.query('select pg_reload_conf()');
  const isSync = async () => (await primary.query(`select from pg_stat_replication where sync_state = 'sync'`)).length === 1;
  await until(isSync, 'the standby confirms');
  const url = `postgres://flow@127.0.0.1:${primary.port},127.0.0.1:${standby.port}/flow?target_session_attrs=read-write`;
  return {
    primary,
    standby,
    url,
    close: async () => {
      await standby.kill();
      await primary.kill();
    },
  };
}

/** A copy by one session, which pg_backup_start wants. */
async function copyStandby(primary: Server, from: string, to: string): Promise<void> {
  const client = new Client({ host: '127.0.0.1', port: primary.port, user: 'flow', database: 'postgres' });
  await client.connect();
  await client.query(`select pg_backup_start('standby', true)`);
  await mkdir(to, { mode: 0o700 });
  await copyCluster(from, to);
  const { rows } = await client.query('select labelfile from pg_backup_stop(false)');
  await writeFile(join(to, 'backup_label'), rows[0].labelfile);
  await writeFile(join(to, 'standby.signal'), '');
  await client.end();
}

async function startServer(launch: Launch, folder: string, extra: Record<string, string>): Promise<Server> {
  const port = await freePort();
  const settings = Object.entries({ ...SETTINGS, ...extra, port: String(port) }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const command = launch.command(launch.binaries.postgres, ['-D', folder, ...settings]);
  const child = spawn(command.file, command.args, { ...command.options, cwd: '/', stdio: 'ignore' });
  const query = async <R>(text: string) => {
    const client = new Client({ host: '127.0.0.1', port, user: 'flow', database: 'postgres' });
    await client.connect();
    return (await client.query(text).finally(() => client.end())).rows as R[];
  };
  await until(() => query('select 1').then(Boolean, () => false), 'a server accepts connections');
  return { port, query, kill: () => kill(child) };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
