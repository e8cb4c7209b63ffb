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
    drop: () => runAs(server.ownerUrl, [`drop database if exists ${name} with (force)`]),
  };
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
