import { setTimeout as wait } from 'node:timers/promises';
import { defineCommand } from 'citty';
import { badRequest, createLog, readConfig } from '#base';
import { CONTROL_KINDS, type ControlTarget, NO_ORGANIZATION, type QueueState } from '#engine';
import { catalogue } from '#executors';
import { asksModel } from '#models';
import { createPlatform, type Platform } from '#platform';
import { printTable } from './print-table.ts';
import { describeTarget, readTarget, type TargetArgs, targetArgs } from './queue-target.ts';
import { guarded } from './report-failure.ts';
import { stopSignal } from './stop-signal.ts';

const shared = {
  data: { type: 'string', description: 'Data folder (FLOW_DATA_DIR, .flow)' },
  json: { type: 'boolean', description: 'Print the result as JSON' },
} as const;
const all = { type: 'boolean', description: 'The whole platform' } as const;

/** Whoever may open the database is the operator. */
const OPERATOR = 'operator';
const DRAIN_POLL_MS = 500;

/** Opens the parts, runs no worker, and closes them. */
async function withPlatform(
  args: { data?: string | undefined },
  work: (platform: Platform, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const signal = stopSignal();
  const config = readConfig(process.env, { dataDir: args.data });
  const platform = await createPlatform({ config, log: createLog({ level: 'warn' }), loops: 0, signal });
  try {
    await work(platform, signal);
  } finally {
    await platform.close();
  }
}

/** One target as it stands. */
async function readState({ engine }: Platform, target: ControlTarget): Promise<QueueState> {
  const { organizationId, kind, name } = target;
  const page = { after: '', limit: 1 };
  if (kind === 'platform') return engine.queues.readPlatform();
  if (kind === 'organization') return only(await engine.queues.listOrganizations(organizationId, page), target);
  if (kind === 'flow') return only(await engine.queues.listFlows(organizationId, { ...page, flowId: name }), target);
  const found = await engine.queues.listNamed({ organizationId, kind }, [name], { after: '', limit: 1_000 });
  return only(
    found.filter((state) => state.name === name),
    target,
  );
}

function only([state]: QueueState[], target: ControlTarget): QueueState {
  if (state === undefined) throw badRequest(`There is no ${describeTarget(target)} any longer`);
  return state;
}

const countRunning = async ({ engine }: Platform, target: ControlTarget, pausedAt: Date) => {
  const modelExecutors = catalogue.list().filter(asksModel);
  return engine.queues.findRunning(target, { pausedAt, modelExecutors: modelExecutors.map(({ name }) => name) });
};

/** What is printed of a state; keys as the API has them. */
const toJson = (state: QueueState, more: Record<string, unknown> = {}) => ({
  kind: state.kind,
  name: state.name,
  organization_id: state.organizationId === NO_ORGANIZATION ? null : state.organizationId,
  title: state.title,
  ready: state.ready,
  oldest_ready_at: state.oldestReadyAt,
  running: state.running,
  queued_runs: state.queued,
  paused_tasks: state.paused,
  paused: state.pausedAt !== null,
  paused_at: state.pausedAt,
  paused_by: state.pausedBy,
  reason: state.reason,
  max_concurrent: state.maxConcurrent,
  modified_by: state.modifiedBy,
  updated_at: state.updatedAt,
  ...more,
});

async function report(
  platform: Platform,
  target: ControlTarget,
  asJson: boolean | undefined,
  more: { text: string } & Record<string, unknown>,
): Promise<void> {
  const { text, ...fields } = more;
  if (asJson) process.stdout.write(`${JSON.stringify(toJson(await readState(platform, target), fields))}\n`);
  else process.stdout.write(`${text}\n`);
}

const NOT_HEARD = 'Not every worker process has confirmed it: one is stuck, or of an older version (flow doctor)';

const tasks = (count: number): string => (count === 1 ? '1 task' : `${count} tasks`);

/** Waits until nothing of it runs, and says how much does, on standard error. */
async function drain(platform: Platform, target: ControlTarget, pausedAt: Date, signal: AbortSignal): Promise<void> {
  for (let last = -1; ; ) {
    const { tasks: count } = await countRunning(platform, target, pausedAt);
    if (count === 0) return;
    if (count !== last) process.stderr.write(`Draining ${describeTarget(target)}: ${tasks(count)} still running\n`);
    last = count;
    await wait(DRAIN_POLL_MS, undefined, { signal });
  }
}

export const pauseCommand = defineCommand({
  meta: { name: 'pause', description: 'Take up nothing new of a flow, an executor, a model, an organization or the platform' },
  args: {
    ...shared,
    ...targetArgs,
    all,
    reason: { type: 'string', description: 'Why, for people' },
    drain: { type: 'boolean', description: 'Wait until nothing of it runs' },
    'cancel-running': { type: 'boolean', description: 'Cancel the runs that have a task of it under way' },
  },
  run: guarded(async ({ args }) => {
    await withPlatform(args, async (platform, signal) => {
      const target = await readTarget(platform, args as TargetArgs);
      if (args['cancel-running'] && target.kind === 'model')
        throw badRequest('Which runs ask a model is known only to their tasks; cancel by flow or executor');
      const isHeard = await platform.engine.queues.control(
        target,
        { isPaused: true, ...(args.reason ? { reason: args.reason } : {}) },
        OPERATOR,
      );
      if (!isHeard) process.stderr.write(`${NOT_HEARD}\n`);
      const pausedAt = (await readState(platform, target)).pausedAt ?? new Date();
      const { runs } = await countRunning(platform, target, pausedAt);
      const cancelled = args['cancel-running'] ? await platform.engine.queues.cancelRuns(runs, OPERATOR) : 0;
      if (args.drain) await drain(platform, target, pausedAt, signal);
      const running = (await countRunning(platform, target, pausedAt)).tasks;
      const text = `Paused ${describeTarget(target)}: ${running === 0 ? 'nothing of it runs' : `${tasks(running)} of it still running`}${cancelled > 0 ? `, ${cancelled} runs cancelled` : ''}`;
      await report(platform, target, args.json, { text, heard: isHeard, draining: running, cancelled_runs: cancelled });
    });
  }),
});

export const resumeCommand = defineCommand({
  meta: { name: 'resume', description: 'End a pause' },
  args: { ...shared, ...targetArgs, all },
  run: guarded(async ({ args }) => {
    await withPlatform(args, async (platform) => {
      const target = await readTarget(platform, args as TargetArgs);
      const waiting = (await readState(platform, target)).paused;
      const isHeard = await platform.engine.queues.control(target, { isPaused: false }, OPERATOR);
      if (!isHeard) process.stderr.write(`${NOT_HEARD}\n`);
      await report(platform, target, args.json, {
        text: `Resumed ${describeTarget(target)}: ${tasks(waiting)} had waited`,
        heard: isHeard,
      });
    });
  }),
});

export const limitCommand = defineCommand({
  meta: { name: 'limit', description: 'Limit how many tasks of a flow, an executor or a model run at once, or runs of an organization' },
  args: {
    ...shared,
    ...targetArgs,
    max: { type: 'string', description: 'How many at once, 1 to 10000' },
    none: { type: 'boolean', description: 'Lift the limit' },
  },
  run: guarded(async ({ args }) => {
    const max = readMax(args.max, args.none);
    await withPlatform(args, async (platform) => {
      const target = await readTarget(platform, args as TargetArgs);
      const isHeard = await platform.engine.queues.control(target, { maxConcurrent: max }, OPERATOR);
      if (!isHeard) process.stderr.write(`${NOT_HEARD}\n`);
      const what = target.kind === 'organization' ? 'runs' : 'tasks';
      const text = `${max === null ? 'No limit for' : `At most ${max} ${what} at once of`} ${describeTarget(target)}`;
      await report(platform, target, args.json, { text, heard: isHeard });
    });
  }),
});

function readMax(max: string | undefined, none: boolean | undefined): number | null {
  if ((max === undefined) === !none) throw badRequest('Give --max N, or --none to lift the limit');
  if (max === undefined) return null;
  const count = Number(max);
  if (!Number.isInteger(count) || count < 1 || count > 10_000)
    throw badRequest(`--max must be a whole number from 1 to 10000, not '${max}'`);
  return count;
}

const LISTED = CONTROL_KINDS.filter((kind) => kind !== 'platform');

export const queuesCommand = defineCommand({
  meta: { name: 'queues', description: 'Show what waits, runs, is paused and limited' },
  args: {
    ...shared,
    kind: { type: 'string', description: `One of ${LISTED.join(', ')}`, default: 'organization' },
    organization: {
      type: 'string',
      description: 'Id of an organization; of flows required, of executors and models else the whole platform',
    },
    limit: { type: 'string', description: 'How many', default: '100' },
    after: { type: 'string', description: 'Go on after this name (of an organization its id)' },
  },
  run: guarded(async ({ args }) => {
    const kind = LISTED.find((each) => each === args.kind);
    if (kind === undefined) throw badRequest(`--kind must be one of ${LISTED.join(', ')}, not '${args.kind}'`);
    const limit = Number(args.limit);
    if (!Number.isInteger(limit) || limit < 1 || limit > 1_000)
      throw badRequest(`--limit must be a whole number from 1 to 1000, not '${args.limit}'`);
    await withPlatform(args, async (platform) => {
      const states = await listKind(platform, kind, args.organization, { after: args.after ?? '', limit });
      if (args.json) process.stdout.write(`${JSON.stringify(states.map((state) => toJson(state)))}\n`);
      else printStates(states);
    });
  }),
});

async function listKind(
  platform: Platform,
  kind: (typeof LISTED)[number],
  organization: string | undefined,
  page: { after: string; limit: number },
): Promise<QueueState[]> {
  const { queues } = platform.engine;
  const of = organization === undefined ? undefined : (await readTarget(platform, { organization })).organizationId;
  if (kind === 'organization') {
    const states = await queues.listOrganizations(of, page);
    const whole = await queues.readPlatform();
    return whole.pausedAt === null ? states : [whole, ...states];
  }
  if (kind === 'flow') {
    if (of === undefined) throw badRequest('Say whose flows: --organization ID');
    return queues.listFlows(of, page);
  }
  const named = kind === 'executor' ? catalogue.list().map(({ name }) => name) : ['local'];
  return queues.listNamed({ organizationId: of ?? NO_ORGANIZATION, kind }, named, page);
}

function printStates(states: readonly QueueState[]): void {
  const count = (value: number | null) => value ?? '-';
  printTable(
    ['Name', 'Ready', 'Oldest', 'Running', 'Queued', 'Held', 'Limit', 'State', 'Id'],
    states.map((state) => [
      state.title ?? (state.kind === 'platform' ? 'The whole platform' : state.name),
      count(state.ready),
      ageOf(state.oldestReadyAt),
      count(state.running),
      count(state.queued),
      state.paused,
      count(state.maxConcurrent),
      state.pausedAt === null ? 'open' : `paused by ${state.pausedBy}${state.reason === null ? '' : `: ${state.reason}`}`,
      state.kind === 'organization' ? state.organizationId : state.kind === 'flow' ? state.name : '',
    ]),
  );
}

function ageOf(time: Date | null): string {
  if (time === null) return '-';
  const seconds = Math.max(0, Math.round((Date.now() - time.getTime()) / 1000));
  return seconds < 120 ? `${seconds} s` : seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}
