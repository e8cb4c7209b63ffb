// A minute or more at a steady load well below what the machine can do: what a process holds at the end it held after its first part.
import { setTimeout as sleep } from 'node:timers/promises';
import { createFlow } from '../../support/run-flow.ts';
import { receive, startRunningPlatform } from '../../support/running-platform.ts';
import type { Campaign, CampaignContext, CampaignCounts } from './campaign.ts';
import { readHistory } from './campaign.ts';

const WARM_UP_MS = 20_000; // plans, statements and pools are there by then
const SOAK_MS = 60_000; // at least, or as much as there is time for
const PAUSE_MS = 40; // between two runs
const MAX_GROWTH_BYTES = 64 * 1024 * 1024;
const MAX_MORE_HANDLES = 20;
const QUIET_MS = 30_000;

const handles = (): number => process.getActiveResourcesInfo().filter((name) => name !== 'Timeout' && name !== 'Immediate').length;

async function run({ deadline, log }: CampaignContext): Promise<CampaignCounts> {
  const counts: CampaignCounts = { violations: 0, historyRows: 0, soakSeconds: 0, runs: 0 };
  const { platform, user, fileKey } = await startRunningPlatform({ loops: 2 });
  const find = (isFound: boolean, what: string) => {
    if (!isFound) return;
    counts.violations++;
    log(what);
  };
  try {
    const say = { name: 'say', task_executor_name: 'format_data', parameters: { template: '{{ receive.filename }}' } };
    const flowId = await createFlow(user, [receive, say]);
    const startedAt = performance.now();
    let before: { heap: number; handles: number } | undefined;
    const measure = () => ({ heap: process.memoryUsage().heapUsed, handles: handles() });
    while (!deadline.aborted && performance.now() - startedAt < WARM_UP_MS + SOAK_MS) {
      const { status } = await user.post('/api/flow-executions', { flow_id: flowId, input: { file_key: fileKey } });
      find(status !== 201, `a start answered ${status}`);
      counts['runs'] = (counts['runs'] ?? 0) + 1;
      if (before === undefined && performance.now() - startedAt > WARM_UP_MS) before = measure();
      await sleep(PAUSE_MS);
    }
    counts['soakSeconds'] = Math.round(Math.max(0, performance.now() - startedAt - WARM_UP_MS) / 1_000);
    find(!(await isQuiet(platform.engineDb)), 'runs of the soak did not end');
    const after = measure();
    if (before !== undefined) {
      log(JSON.stringify({ before, after }));
      find(after.heap - before.heap > MAX_GROWTH_BYTES, `the heap grew by ${after.heap - before.heap} bytes`);
      find(after.handles - before.handles > MAX_MORE_HANDLES, `${after.handles - before.handles} more handles are open`);
    }
    const { violations, historyRows } = await readHistory(platform.engineDb, log);
    return { ...counts, violations: counts.violations + violations, historyRows };
  } finally {
    await platform.close();
  }
}

async function isQuiet(db: { query<T>(name: string, text: string, values: unknown[]): Promise<T[]> }): Promise<boolean> {
  const until = performance.now() + QUIET_MS;
  for (;;) {
    const [row] = await db.query<{ n: number }>(
      'soak/left',
      'select count(*)::int as n from flow_executions where completed_at is null',
      [],
    );
    if (row?.n === 0) return true;
    if (performance.now() > until) return false;
    await sleep(100);
  }
}

export const campaign: Campaign = { name: 'soak', faults: [], goal: { soakSeconds: 60 }, run };
