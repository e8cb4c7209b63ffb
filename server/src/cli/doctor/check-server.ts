/** What a look into the server of the database tells: facts first, read in one go, then what follows from them. */
import { connectOwner } from '#db';
import { type Finding, findingOf } from './finding.ts';

export interface ServerFacts {
  version: number;
  versionText: string;
  settings: Record<string, string>;
  /** Of the login: whether `flow migrate` may make the platform's roles. */
  mayMakeRoles: boolean;
  /** The server's clock less this machine's. */
  skewMs: number;
  /** Of two sessions at once: the same backend behind both is a pooler that lends it by transaction. */
  backends: readonly [number, number];
}

/** Processes with a live lease, and tasks that are ready for one. */
export interface WorkFacts {
  liveWorkers: number;
  readyTasks: number;
}

/** Minor releases below are known to show rows that policies hide (CVE-2025-8713). */
const FIRST_SAFE: Record<number, number> = { 15: 150_014, 16: 160_010, 17: 170_006 };
const CONNECTIONS = 22; // of a process: ten for requests, ten for the engine, one each for notices and the lease
const SKEW_MS = 5_000; // leases and timers go by the server's clock, tokens by this one's: they tolerate 60 s
const DURABLE = ['fsync', 'full_page_writes', 'synchronous_commit'];
const NAMES = [...DURABLE, 'autovacuum', 'track_counts', 'max_connections', 'superuser_reserved_connections'];

/** Throws where the server cannot be reached. */
export async function readServerFacts(ownerUrl: string): Promise<ServerFacts> {
  const [first, second] = [await connectOwner(ownerUrl, 'flow doctor'), await connectOwner(ownerUrl, 'flow doctor')];
  try {
    const [server] = await first.query<{ version: number; text: string; pid: number; roles: boolean }>(
      `select current_setting('server_version_num')::int as version, current_setting('server_version') as text, pg_backend_pid() as pid,
        (select rolcreaterole or rolsuper from pg_roles where rolname = current_user) as roles`,
    );
    const [other] = await second.query<{ pid: number }>('select pg_backend_pid() as pid');
    const settings = await first.query<{ name: string; setting: string }>('select name, setting from pg_settings where name = any($1)', [
      NAMES,
    ]);
    const askedAt = Date.now();
    const [clock] = await first.query<{ now: Date }>('select clock_timestamp() as now');
    const skewMs = (clock?.now.getTime() ?? 0) - (askedAt + Date.now()) / 2;
    return {
      version: server?.version ?? 0,
      versionText: server?.text ?? '',
      settings: Object.fromEntries(settings.map(({ name, setting }) => [name, setting])),
      mayMakeRoles: server?.roles ?? false,
      skewMs,
      backends: [server?.pid ?? 0, other?.pid ?? 0],
    };
  } finally {
    await first.close();
    await second.close();
  }
}

/** One finding for each question that the facts answer. */
export function judgeServer(facts: ServerFacts & WorkFacts): Finding[] {
  return [
    judgeVersion(facts),
    judgeDurability(facts),
    judgeVacuum(facts),
    judgeConnections(facts),
    judgeClock(facts),
    judgeRoles(facts),
    judgeWork(facts),
  ];
}

function judgeVersion({ version, versionText }: ServerFacts): Finding {
  const major = Math.floor(version / 10_000);
  const faults: string[] = [];
  if (major < 15) faults.push(`PostgreSQL ${versionText} is too old: the platform needs 15 or newer`);
  const safe = FIRST_SAFE[major];
  if (safe !== undefined && version < safe) {
    faults.push(
      `PostgreSQL ${versionText} shows hidden rows by its statistics (CVE-2025-8713): install ${major}.${safe % 10_000} or newer`,
    );
  }
  return findingOf('PostgreSQL release', faults, versionText);
}

function judgeDurability({ settings }: ServerFacts): Finding {
  const off = DURABLE.filter((name) => settings[name] === 'off');
  const faults = off.length === 0 ? [] : [`${off.join(', ')} off: what was acknowledged is lost when the machine stops; set it to on`];
  return findingOf('Durability', faults, 'a commit is on disk before it is acknowledged');
}

function judgeVacuum({ settings }: ServerFacts): Finding {
  const off = ['autovacuum', 'track_counts'].filter((name) => settings[name] === 'off');
  const faults = off.length === 0 ? [] : [`${off.join(', ')} off: dead rows pile up until every claim reads them; set it to on`];
  return findingOf('Autovacuum', faults, 'on');
}

function judgeConnections({ settings, liveWorkers, backends }: ServerFacts & WorkFacts): Finding {
  const free = Number(settings['max_connections']) - Number(settings['superuser_reserved_connections']);
  const processes = Math.max(1, liveWorkers);
  const faults: string[] = [];
  if (free < CONNECTIONS * processes) {
    faults.push(
      `max_connections leaves ${free} for ${processes} processes that use ${CONNECTIONS} each: set it to ${CONNECTIONS * processes + 20} or more`,
    );
  }
  if (backends[0] === backends[1]) {
    faults.push(
      'a pooler lends connections by transaction: prepared statements, LISTEN and locks of sessions break; name the server itself, or pool by session',
    );
  }
  return findingOf('Connections', faults, `${free}, of which each process uses up to ${CONNECTIONS}`);
}

function judgeClock({ skewMs }: ServerFacts): Finding {
  const seconds = (skewMs / 1000).toFixed(1);
  const faults =
    Math.abs(skewMs) < SKEW_MS
      ? []
      : [`the server's clock is ${seconds} s from this machine's: run NTP (chrony, systemd-timesyncd) on both`];
  return findingOf('Clock', faults, `${seconds} s from the server's`);
}

function judgeRoles({ mayMakeRoles }: ServerFacts): Finding {
  const faults = mayMakeRoles
    ? []
    : ['the login of DATABASE_URL has no CREATEROLE, which makes flow_api and flow_engine: alter role … createrole'];
  return findingOf('Database login', faults, 'may make the roles of the platform');
}

function judgeWork({ readyTasks, liveWorkers }: WorkFacts): Finding {
  const faults =
    readyTasks > 0 && liveWorkers === 0
      ? [`${readyTasks} tasks are ready and no worker is alive: start \`flow serve\` or \`flow worker\``]
      : [];
  return findingOf('Workers', faults, `${liveWorkers} alive, ${readyTasks} tasks ready`);
}
