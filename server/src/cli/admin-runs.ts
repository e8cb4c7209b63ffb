import { dataOf, type FlowClient } from '@flow-platform/sdk';
import { defineCommand } from 'citty';
import { badRequest, readConfig } from '#base';
import { openSession } from './local-session.ts';
import { guarded } from './report-failure.ts';
import { stopSignal } from './stop-signal.ts';

const args = {
  server: { type: 'string', description: 'URL of a server (FLOW_SERVER); default: the data folder' },
  key: { type: 'string', description: 'API key of an administering service account (FLOW_API_KEY)' },
  data: { type: 'string', description: 'Data folder (FLOW_DATA_DIR, .flow)' },
  json: { type: 'boolean', description: 'Print the result as JSON' },
  flow: { type: 'string', description: 'Id of the flow whose runs are meant', required: true },
  status: { type: 'string', description: 'Runs in any of these statuses, with commas between' },
  'created-after': { type: 'string', description: 'Runs made then or later, e.g. 2026-01-31T12:00:00Z' },
  'created-before': { type: 'string', description: 'Runs made then or earlier; default: now' },
  metadata: { type: 'string', description: 'key=value: runs with this metadata' },
  'dry-run': { type: 'boolean', description: 'Only say how many runs are meant' },
  max: { type: 'string', description: 'Stop after so many runs', default: '1000' },
} as const;

const onlyStale = { type: 'boolean', description: 'Keep good results, run the rest again' } as const;

interface FilterArgs {
  flow: string;
  status?: string | undefined;
  'created-after'?: string | undefined;
  'created-before'?: string | undefined;
  metadata?: string | undefined;
}

/** The filter of the API. Without an end in time it is now: what is started meanwhile is not meant. */
function readFilter(given: FilterArgs) {
  const [key, value] = given.metadata?.split(/=(.*)/s, 2) ?? [];
  if (given.metadata !== undefined && (!key || value === undefined))
    throw badRequest(`--metadata must be key=value, not '${given.metadata}'`);
  if (
    given.status === undefined &&
    given.metadata === undefined &&
    given['created-after'] === undefined &&
    given['created-before'] === undefined
  )
    throw badRequest('Say which runs: --status, --created-after, --created-before or --metadata');
  return {
    flow_id: given.flow,
    ...(given.status === undefined ? {} : { status: given.status.split(',').map((word) => word.trim()) as 'queued'[] }),
    ...(key && value !== undefined ? { metadata: [{ key, values: [value] }] } : {}),
    ...(given['created-after'] === undefined ? {} : { created_after: given['created-after'] }),
    created_before: given['created-before'] ?? new Date().toISOString(),
  };
}

interface Changed {
  matched: number;
  done: number;
  refused: { flow_execution_id: string; code: string; message: string }[];
}

/** Page by page, with the count so far on standard error. */
async function changeRuns(
  client: FlowClient,
  change: { action: 'cancel' | 'execute'; only_stale?: boolean; dry_run: boolean },
  filter: ReturnType<typeof readFilter>,
  max: number,
): Promise<Changed> {
  const changed: Changed = { matched: 0, done: 0, refused: [] };
  for (let after: string | null | undefined, left = max, isFirst = true; left > 0; isFirst = false) {
    const body = { only_stale: false, ...change, filter, limit: Math.min(100, left), ...(after ? { starting_after: after } : {}) };
    const page = await dataOf(client.api.POST('/api/flow-executions/bulk', { body }));
    if (isFirst) changed.matched = page.matched ?? 0;
    if (change.dry_run) return changed;
    for (const { flow_execution_id, status, error } of page.results) {
      if (status === 'done') changed.done++;
      else if (error) changed.refused.push({ flow_execution_id, ...error });
    }
    left -= page.results.length;
    after = page.next_starting_after;
    if (!after) break;
    process.stderr.write(`${changed.done + changed.refused.length} of ${changed.matched} runs\n`);
  }
  return changed;
}

const command = (name: 'cancel' | 'rerun', description: string) =>
  defineCommand({
    meta: { name, description },
    args: name === 'rerun' ? { ...args, 'only-stale': onlyStale } : args,
    run: guarded(async ({ args: given }) => {
      const filter = readFilter(given as unknown as FilterArgs);
      const max = Number(given.max);
      if (!Number.isInteger(max) || max < 1) throw badRequest(`--max must be a whole number from 1, not '${given.max}'`);
      const config = readConfig(process.env, { dataDir: given.data, server: given.server, apiKey: given.key });
      const session = await openSession(config, stopSignal(), { administers: true });
      try {
        const action = name === 'cancel' ? ('cancel' as const) : ('execute' as const);
        const isStaleOnly = (given as Record<string, unknown>)['only-stale'] === true;
        const change = { action, only_stale: isStaleOnly, dry_run: given['dry-run'] === true };
        print(await changeRuns(session.client, change, filter, max), { name, isDryRun: change.dry_run, asJson: given.json === true });
      } finally {
        await session.close();
      }
    }),
  });

const REFUSED_SHOWN = 20;

function print(changed: Changed, { name, isDryRun, asJson }: { name: 'cancel' | 'rerun'; isDryRun: boolean; asJson: boolean }): void {
  if (asJson) {
    process.stdout.write(`${JSON.stringify(changed)}\n`);
    return;
  }
  const done = name === 'cancel' ? 'cancelled' : 'started again';
  if (isDryRun) process.stdout.write(`${changed.matched} runs match; nothing was changed\n`);
  else process.stdout.write(`${changed.matched} runs matched: ${changed.done} ${done}, ${changed.refused.length} refused\n`);
  for (const { flow_execution_id: id, message } of changed.refused.slice(0, REFUSED_SHOWN)) process.stdout.write(`  ${id}: ${message}\n`);
}

export const cancelCommand = command('cancel', 'Cancel the runs of a flow that a filter matches');
export const rerunCommand = command('rerun', 'Run the runs of a flow that a filter matches again');
