import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';
import { roleUrl } from '#db';

export interface TestDatabase {
  ownerUrl: string;
  apiUrl: string;
  engineUrl: string;
  encryptionKey: Buffer;
  /** Removes it, with whoever is still connected. */
  drop(): Promise<void>;
}

/** A fresh database of the run's server: a copy of its migrated template, or an empty one. */
export async function createTestDatabase({ migrated = true } = {}): Promise<TestDatabase> {
  const server = inject('testServer');
  const encryptionKey = Buffer.from(server.encryptionKey, 'hex');
  const name = `flow_test_${randomBytes(6).toString('hex')}`;
  // What is granted on a database does not come along with a copy of it.
  await runAs(server.ownerUrl, [
    `create database ${name} template ${migrated ? server.template : 'template0'}`,
    `grant connect on database ${name} to flow_api, flow_engine`,
    `revoke temporary on database ${name} from public`,
  ]);
  const url = new URL(server.ownerUrl);
  url.pathname = `/${name}`;
  return {
    ownerUrl: url.href,
    apiUrl: roleUrl(url.href, 'flow_api', encryptionKey),
    engineUrl: roleUrl(url.href, 'flow_engine', encryptionKey),
    encryptionKey,
    drop: () => dropDatabase(server.ownerUrl, name),
  };
}

const INSUFFICIENT_PRIVILEGE = '42501';
const IN_USE = '55006';
const DROP_MS = 20_000; // connections of processes that were just killed take a moment to go

/** An owner that is no superuser may not end the connections of others: then it waits for them to go. */
async function dropDatabase(ownerUrl: string, name: string): Promise<void> {
  const deadline = Date.now() + DROP_MS;
  for (let force = ' with (force)'; ; ) {
    try {
      await runAs(ownerUrl, [`drop database if exists ${name}${force}`]);
      return;
    } catch (error) {
      const { code } = error as { code?: string };
      if ((code !== INSUFFICIENT_PRIVILEGE && code !== IN_USE) || Date.now() > deadline) throw error;
      force = ''; // PostgreSQL itself then waits up to 5 s a call
    }
  }
}

async function runAs(url: string, statements: string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const text of statements) await client.query(text);
  } finally {
    await client.end();
  }
}
