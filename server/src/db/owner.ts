import { withFailuresTranslated } from './failures.ts';
import { clientFor } from './primary-client.ts';

/** One session of the database's owner: for backups and for looking at the server, never for a request. */
export interface OwnerConnection {
  query<R = Record<string, unknown>>(text: string, values?: unknown[]): Promise<R[]>;
  close(): Promise<void>;
}

const CONNECT_MS = 15_000;

/** Throws `service_unavailable` where the server cannot be reached. A session that breaks fails the query that runs on it. */
export async function connectOwner(url: string, applicationName: string): Promise<OwnerConnection> {
  const client = new (clientFor(url))({ connectionString: url, application_name: applicationName, connectionTimeoutMillis: CONNECT_MS });
  client.on('error', () => {}); // the next query tells
  await withFailuresTranslated(() => client.connect());
  return {
    query: (text, values) => withFailuresTranslated(async () => (await client.query(text, values)).rows),
    close: () => client.end(),
  };
}
