// F3: the connection is cut around a COMMIT, before the server sees it or once it has carried it out, its answer lost. What a client was told must be
// true: a key makes one thing however often it is sent; without one, what was acknowledged is there, and what was not is there once or not at all.
import { setTimeout as wait } from 'node:timers/promises';
import { newId } from '#base';
import { drawer } from '../../../src/engine/testing/chance.ts';
import { createFlow } from '../../support/run-flow.ts';
import type { TestResponse } from '../../support/test-client.ts';
import { type CutPlatform, startCutPlatform } from '../cut-platform.ts';
import { type Campaign, type CampaignContext, type CampaignCounts, isReached, readHistory } from './campaign.ts';

/** So long a call with a key is sent again. Its key is free again within a second; longer it would be held by a call that is over. */
const ANSWERED_WITHIN_MS = 20_000;
const RUNS_PER_ROUND = 5;
const SETTLED_WITHIN_MS = 60_000;

interface Call {
  table: string;
  path: string;
  /** The mark makes what it makes the call's own. */
  body: object;
  /** SQL that finds the mark, $1. */
  bears: string;
}

export const campaign: Campaign = {
  name: 'commit-cuts',
  faults: ['F3'],
  goal: { cutsBefore: 500, cutsAfter: 500, cuts: 2_000 },
  inTest: { cutsBefore: 20, cutsAfter: 20, cuts: 100 },
  async run(context) {
    const counts = { cuts: 0, cutsBefore: 0, cutsAfter: 0, ambiguousAnswers: 0, runsCompleted: 0, violations: 0, historyRows: 0 };
    await cutRequests(context, counts);
    await cutWorkers(context, counts);
    return counts;
  },
};

type Counts = CampaignCounts & Record<'cuts' | 'cutsBefore' | 'cutsAfter' | 'ambiguousAnswers' | 'runsCompleted', number>;

/** Requests take three fifths of the cuts: there is no worker, so that a cut falls into what the request does. */
async function cutRequests(context: CampaignContext, counts: Counts): Promise<void> {
  const share = Object.fromEntries(Object.entries(context.goal).map(([figure, n]) => [figure, Math.ceil(n * 0.6)]));
  const cut = await startCutPlatform({ config: { uniqueFlowNames: false } });
  try {
    const draw = drawer(`requests/${context.seed}`);
    const flowId = await createFlow(cut.user, TASKS);
    while (!context.deadline.aborted && !isReached(counts, share)) await cutOneRequest(cut, { flowId, draw, context, counts });
    await addHistory(cut, context, counts);
  } finally {
    await cut.close();
  }
}

interface Round {
  flowId: string;
  draw: (n: number) => number;
  context: CampaignContext;
  counts: Counts;
}

async function cutOneRequest(cut: CutPlatform, { flowId, draw, context, counts }: Round): Promise<void> {
  const mark = newId();
  const call = callOf(draw(2), { mark, flowId, fileKey: cut.fileKey });
  const key = draw(2) === 0 ? { 'Idempotency-Key': newId() } : undefined;
  const when = draw(2) === 0 ? 'before' : 'after';
  let isCut = false;
  const fired = cut.connection.cutAtCommit({ when, nth: 1 + draw(key ? 7 : 5) });
  void fired.then(() => {
    isCut = true;
  });
  const first = await cut.user.post(call.path, call.body, key ?? {});
  cut.connection.forgetCut();
  if (isCut) count(counts, when);
  if (first.status === 503) counts.ambiguousAnswers++;
  const last = key ? await untilAnswered(() => cut.user.post(call.path, call.body, key), first) : first;
  const [row] = await cut.direct.query<{ n: number }>(
    `count/${call.table}`,
    `select count(*)::int as n from ${call.table} where ${call.bears}`,
    [mark],
  );
  const problem = whatIsWrong({ first, last, made: row?.n ?? -1, hasKey: key !== undefined });
  if (problem === undefined) return;
  counts.violations++;
  context.log(`violation: ${problem} (${call.path}, cut ${isCut ? when : 'not'})`);
}

function whatIsWrong({
  first,
  last,
  made,
  hasKey,
}: {
  first: TestResponse;
  last: TestResponse;
  made: number;
  hasKey: boolean;
}): string | undefined {
  const error = (first.body as { error?: { message?: string } }).error;
  if (first.status !== 201 && first.status !== 503) return `answered ${first.status} ${JSON.stringify(first.body)}`;
  if (first.status === 503 && made > 0 && !/not known|cannot be reached/.test(error?.message ?? ''))
    return `unclear words: ${error?.message}`;
  if (hasKey && last.status !== 201) return `not answered within 20 s: ${last.status} ${JSON.stringify(last.body)}`;
  if (hasKey && made !== 1) return `made ${made} times with one key`;
  if (first.status === 201 && made !== 1) return `acknowledged, and there are ${made}`;
  if (made > 1) return `made ${made} times by one call`;
  return undefined;
}

async function untilAnswered(ask: () => Promise<TestResponse>, first: TestResponse): Promise<TestResponse> {
  let answer = first;
  const endsAt = performance.now() + ANSWERED_WITHIN_MS;
  while ([409, 503].includes(answer.status) && performance.now() < endsAt) {
    await wait(20);
    answer = await ask();
  }
  return answer;
}

function callOf(n: number, { mark, flowId, fileKey }: { mark: string; flowId: string; fileKey: string }): Call {
  const run = {
    table: 'flow_executions',
    path: '/api/flow-executions',
    body: { flow_id: flowId, input: { file_key: fileKey, mark } },
    bears: `input ->> 'mark' = $1`,
  };
  const flow = {
    table: 'flows',
    path: '/api/flows',
    body: { display_name: mark, definition: { name: 'once', tasks: TASKS } },
    bears: 'display_name = $1',
  };
  return [run, flow][n] as Call;
}

const receive = { name: 'receive', task_executor_name: 'receive_file', parameters: {} };
const pause = (name: string, after: string) => ({
  name,
  task_executor_name: 'delay',
  parameters: { duration: '5ms' },
  depends_on: [after],
});
const TASKS = [receive, pause('one', 'receive'), pause('two', 'one'), pause('three', 'two')];

/** What a worker writes, of its own: claims, settles, chores. */
const isWorkers = (statements: readonly string[]) => statements.some((text) => /^-- (claim|settle|put|reap|wake)/.test(text));

async function cutWorkers(context: CampaignContext, counts: Counts): Promise<void> {
  const cut = await startCutPlatform({ loops: 2 });
  try {
    const draw = drawer(`workers/${context.seed}`);
    const flowId = await createFlow(cut.user, TASKS);
    while (!context.deadline.aborted && !isReached(counts, context.goal)) {
      const starts = Array.from({ length: RUNS_PER_ROUND }, () => {
        const key = { 'Idempotency-Key': newId() };
        const ask = () => cut.user.post('/api/flow-executions', { flow_id: flowId, input: { file_key: cut.fileKey } }, key);
        return ask().then((answer) => untilAnswered(ask, answer));
      });
      for (let n = 0; n < RUNS_PER_ROUND; n++) {
        const when = draw(2) === 0 ? 'before' : 'after';
        await cut.connection.cutAtCommit({ when, nth: 1 + draw(3), matches: isWorkers });
        count(counts, when);
      }
      await Promise.all(starts);
    }
    counts.violations += await awaitEnds(cut, context);
    const [done] = await cut.direct.query<{ n: number }>(
      'done',
      `select count(*)::int as n from flow_executions where status = 'completed'`,
      [],
    );
    counts.runsCompleted = done?.n ?? 0;
    await addHistory(cut, context, counts);
  } finally {
    await cut.close();
  }
}

/** All that was started completes: how many have not. */
async function awaitEnds(cut: CutPlatform, { log }: CampaignContext): Promise<number> {
  const text = `select id, status from flow_executions where status <> 'completed'`;
  const endsAt = performance.now() + SETTLED_WITHIN_MS;
  for (;;) {
    const open = await cut.direct.query<{ id: string; status: string }>('open', text, []);
    if (open.length > 0 && performance.now() < endsAt) {
      await wait(50);
      continue;
    }
    for (const { id, status } of open.slice(0, 5)) log(`violation: run ${id} is ${status} a minute after the last cut`);
    return open.length;
  }
}

function count(counts: Counts, when: 'before' | 'after'): void {
  counts.cuts++;
  if (when === 'before') counts.cutsBefore++;
  else counts.cutsAfter++;
}

async function addHistory(cut: CutPlatform, context: CampaignContext, counts: Counts): Promise<void> {
  const { violations, historyRows } = await readHistory(cut.direct, context.log);
  counts.violations += violations;
  counts.historyRows += historyRows;
}
