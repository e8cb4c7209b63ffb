import { link, rename, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { readJson } from './json-file.ts';

/** Where the keeper of a data folder listens. The file is made only after it listens, so one that nobody answers is stale. */
export interface KeeperAddress {
  port: number;
  /** Whoever can read the data folder may keep the server up; others on this machine may not. */
  token: string;
}

/** What the keeper tells a process that took a seat: the server accepts connections. */
export interface Ready {
  port: number;
  password: string;
}

/** A place among the processes that use the server. It is an open connection: the kernel closes it however its process ends. */
export interface Seat {
  ready: Ready;
  socket: Socket;
}

const addressFile = (dataDir: string) => join(dataDir, 'postgres.keeper');

export const readAddress = (dataDir: string) => readJson<KeeperAddress>(addressFile(dataDir));

/** Publishes the address where there is none; true when this keeper is now the folder's. */
export async function claimAddress(dataDir: string, address: KeeperAddress): Promise<boolean> {
  const path = addressFile(dataDir);
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, JSON.stringify(address), { mode: 0o600 });
  try {
    await link(draft, path); // fails where the name exists, and appears with its content
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    if (await readAddress(dataDir)) return false;
    await rename(draft, path); // a file system without hard links
    return true;
  } finally {
    await rm(draft, { force: true });
  }
}

export async function holdsAddress(dataDir: string, address: KeeperAddress): Promise<boolean> {
  return (await readAddress(dataDir))?.token === address.token;
}

/** Takes the address away, if it is still the one given. */
export async function dropAddress(dataDir: string, address: KeeperAddress | undefined): Promise<void> {
  if (!address || (await holdsAddress(dataDir, address))) await rm(addressFile(dataDir), { force: true });
}

/** Connects to a keeper. Undefined where nobody answers there. */
export function reachKeeper(address: KeeperAddress): Promise<Socket | undefined> {
  const { promise, resolve } = Promise.withResolvers<Socket | undefined>();
  const socket = connect({ port: address.port, host: '127.0.0.1' });
  socket.setNoDelay(true);
  socket.once('connect', () => {
    socket.write(`${address.token}\n`);
    resolve(socket);
  });
  socket.on('error', () => resolve(undefined)); // later ones are followed by 'close'
  return promise;
}

const LINE_LIMIT = 4096;

/** The first line that the peer sends, or undefined when it closes first. What it sends later is dropped. */
export function readLine(socket: Socket): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  let text = '';
  const finish = (line?: string) => {
    socket.off('data', collect).off('end', give).off('close', give).off('error', give).resume();
    resolve(line);
  };
  const give = () => finish();
  const collect = (chunk: Buffer) => {
    text += chunk;
    const end = text.indexOf('\n');
    if (end >= 0 || text.length > LINE_LIMIT) finish(end >= 0 ? text.slice(0, end) : undefined);
  };
  socket.on('data', collect).on('end', give).on('close', give).on('error', give);
  return promise;
}
