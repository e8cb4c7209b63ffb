/**
 * One server for the whole run: an embedded one in a folder of its own, which ends with the run, or the one that TEST_DATABASE_URL names,
 * with an owner that has CREATEROLE and CREATEDB. On it a migrated template, which every test's database is a copy of.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { createLog, type Log } from '#base';
import { migrate, startEmbeddedPostgres } from '#db';

export interface TestServer {
  /** The owner's URL, to the database it signs in to. */
  ownerUrl: string;
  template: string;
  /** 32 bytes, hexadecimal. The server's roles have their passwords from it. */
  encryptionKey: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    testServer: TestServer;
  }
}

let close = async () => {};

/** Nothing here must outlive a crash. */
const SETTINGS = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', shared_buffers: '64MB' };

export async function setup(project: TestProject): Promise<void> {
  const log = createLog({ level: 'warn' });
  const given = process.env.TEST_DATABASE_URL;
  const server = given ? { ownerUrl: given, close: async () => {} } : await startEmbedded(log);
  const template = `flow_template_${randomBytes(6).toString('hex')}`;
  const key = process.env.TEST_ENCRYPTION_KEY; // of a run within a run: roles belong to the server, and so do their passwords
  const encryptionKey = key === undefined ? randomBytes(32) : Buffer.from(key, 'hex');
  close = async () => {
    await asOwner(server.ownerUrl, `drop database if exists ${template}`);
    await server.close();
  };
  await asOwner(server.ownerUrl, `create database ${template}`);
  const templateUrl = new URL(server.ownerUrl);
  templateUrl.pathname = `/${template}`;
  await migrate({ ownerUrl: templateUrl.href, encryptionKey, log });
  project.provide('testServer', { ownerUrl: server.ownerUrl, template, encryptionKey: encryptionKey.toString('hex') });
}

export const teardown = () => close();

const startEmbedded = async (log: Log) =>
  startEmbeddedPostgres({ dataDir: await mkdtemp(join(tmpdir(), 'flow-test-')), log, settings: SETTINGS, temporary: true });

async function asOwner(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(text).finally(() => client.end());
}
