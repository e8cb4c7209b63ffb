/**
 * A client for a database of several servers, of which one takes writes (base/database-url.ts): each new connection asks all of them at once and goes to
 * the one that writes. After a failover a connection that broke is replaced by one to the new primary; nothing is remembered that could be stale.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { Client, type ClientConfig, type Connection } from 'pg';

interface Server {
  host: string;
  port: number;
}

/** Of one server that is asked: one whose machine is gone does not answer at all. The others are asked again meanwhile. */
const ASK_MS = 6_000;
/** Of a connection, while no server takes writes: below what a pool waits, so that its reason is told. */
const CHOOSE_MS = 8_000;
const LEAST_TRIES = 2; // a process that was busy for long finds its first question timed out, whatever the server answered
const PAUSE_MS = 200;

/** The servers of a URL; one is nothing special. */
function serversOf(url: string): Server[] {
  const { searchParams } = new URL(url);
  const hosts = searchParams.get('host')?.split(',') ?? [];
  const ports = searchParams.get('port')?.split(',') ?? [];
  return hosts.map((host, i) => ({ host, port: Number(ports[i] ?? 5432) }));
}

/** The class of clients for this URL. */
export function clientFor(url: string): typeof Client {
  const servers = serversOf(url);
  if (servers.length < 2) return Client;
  let asking: Promise<Server> | undefined;
  /** Those that connect at the same moment share one question. */
  const choose = () => {
    asking ??= findPrimary(url, servers).finally(() => {
      asking = undefined;
    });
    return asking;
  };
  return class PrimaryClient extends Client {
    override connect(): Promise<Client>;
    override connect(callback: (error: Error) => void): void;
    override connect(callback?: (error: Error) => void): Promise<Client> | undefined {
      const connecting = choose().then((server) => {
        Object.assign(this, server);
        Object.assign((this as unknown as { connectionParameters: ClientConfig }).connectionParameters, server);
        return super.connect();
      });
      if (!callback) return connecting;
      connecting.then(() => callback(null as unknown as Error), callback); // null: no error, which the types do not know
      return undefined;
    }
  };
}

async function findPrimary(url: string, servers: readonly Server[]): Promise<Server> {
  const found = new AbortController();
  const deadline = performance.now() + CHOOSE_MS;
  const askAgain = async (server: Server): Promise<Server> => {
    for (let tries = 1; ; tries++) {
      try {
        return await ask(url, server);
      } catch (error) {
        if (found.signal.aborted || (performance.now() > deadline && tries >= LEAST_TRIES)) throw error;
        await wait(PAUSE_MS);
      }
    }
  };
  try {
    return await Promise.any(servers.map(askAgain));
  } catch (error) {
    throw noPrimary(servers, error as AggregateError);
  } finally {
    found.abort();
  }
}

/** Answers with the server where it takes writes. It says so itself when one signs in, since PostgreSQL 14. */
async function ask(url: string, server: Server): Promise<Server> {
  const alone = new URL(url);
  alone.hostname = server.host.includes(':') ? `[${server.host}]` : server.host;
  alone.port = String(server.port);
  for (const name of ['host', 'port']) alone.searchParams.delete(name);
  const client = new Client({
    connectionString: alone.href,
    connectionTimeoutMillis: ASK_MS,
    application_name: 'flow, looking for the primary',
  });
  client.on('error', () => {}); // it is only asked
  const said = new Map<string, string>();
  (client as unknown as { connection: Connection }).connection.on('parameterStatus', ((status: {
    parameterName: string;
    parameterValue: string;
  }) => {
    said.set(status.parameterName, status.parameterValue);
  }) as never);
  try {
    await client.connect();
    if (said.get('in_hot_standby') === 'on') throw new Error('a standby');
    if (said.get('default_transaction_read_only') === 'on') throw new Error('takes no writes');
    return server;
  } finally {
    void client.end().catch(() => {});
  }
}

function noPrimary(servers: readonly Server[], { errors }: AggregateError): Error {
  const reasons = servers.map(({ host, port }, i) => `${host}:${port} (${(errors[i] as Error | undefined)?.message})`);
  return Object.assign(new Error(`No server takes writes: ${reasons.join(', ')}`), { code: '57P03' }); // cannot connect now
}
