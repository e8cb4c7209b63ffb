import { describe, expect, test } from 'vitest';
import type { PlatformState } from './platform-state.ts';
import { judge } from './verdict.ts';

const [A, B] = ['0198a000-0000-7000-8000-00000000000a', '0198a000-0000-7000-8000-00000000000b'];
const backlog = (organizationId: string, oldestSeconds: number, depth = 3) => ({ organizationId, depth, oldestSeconds, isMore: false });
const idle: PlatformState = {
  readAt: new Date(0),
  ready: [],
  queued: [],
  executors: [],
  timers: { scheduled: 0, overdue: 0, waiting: 0 },
  workers: { alive: 2, drained: 1, lost: 0, loop_delay: 0, since_claim: 900, silent: [] },
  recent: [],
  database: { notify_queue: 0, tables: [] },
};
const workers = (more: Partial<PlatformState['workers']>) => ({ workers: { ...idle.workers, ...more } });
const of = (more: Partial<PlatformState>, options: Parameters<typeof judge>[1] = { unheardMs: 0 }) => judge({ ...idle, ...more }, options);
const dead = { worker: 7, host: 'machine-7', pid: 4711, seconds: 60 };

describe('the verdict', () => {
  test.each<[string, Partial<PlatformState>, string]>([
    ['nothing to do', {}, 'healthy'],
    ['no worker and nothing to do', workers({ alive: 0, since_claim: null }), 'healthy'],
    ['a backlog that is being worked off', { ready: [backlog(A, 120, 50_000)], ...workers({ since_claim: 1 }) }, 'healthy'],
    ['work that has only just become ready', { ready: [backlog(A, 3)], ...workers({ alive: 0 }) }, 'healthy'],
    ['work, and no worker', { ready: [backlog(A, 60)], ...workers({ alive: 0, since_claim: 1 }) }, 'failing'],
    ['work, and workers that claim nothing', { ready: [backlog(A, 60)], ...workers({ since_claim: 60 }) }, 'failing'],
    ['work that nobody has ever claimed', { ready: [backlog(A, 60)], ...workers({ since_claim: null }) }, 'failing'],
    ['work that waits long while other work flows', { ready: [backlog(A, 1_000)], ...workers({ since_claim: 1 }) }, 'degraded'],
    ['few runs, all failed', { recent: [{ organization_id: A, completed: 0, failed: 9 }] }, 'healthy'],
    ['many runs, most failed', { recent: [{ organization_id: A, completed: 4, failed: 6 }] }, 'degraded'],
    ['a run that waits for a slot for long', { queued: [backlog(A, 100_000)] }, 'healthy'],
    ['a worker that died', workers({ lost: 1, silent: [dead] }), 'degraded'],
    ['timers that nobody wakes', { timers: { scheduled: 5, overdue: 90, waiting: 0 } }, 'degraded'],
  ])('of %s', (_, state, verdict) => {
    expect(of(state).verdict).toBe(verdict);
  });

  test('says what it has counted', () => {
    const state = { ready: [backlog(A, 60, 3), backlog(B, 90, 4)], ...workers({ alive: 0, since_claim: 61.4, silent: [dead] }) };
    expect(of(state)).toMatchObject({
      flowing: { ok: false, ready: 7, workers_alive: 0, seconds_since_claim: 61 },
      oldest_waiting: { ok: true, ready_seconds: 90 },
      silent: [{ what: 'worker', seconds: 60, says: expect.stringContaining('process 4711 on machine-7') }],
    });
  });

  test('of one organization counts its own alone, and names no machine', () => {
    const recent = [
      { organization_id: A, completed: 20, failed: 0 },
      { organization_id: B, completed: 0, failed: 20 },
    ];
    const seen = of({ ready: [backlog(B, 60)], recent, ...workers({ alive: 0, silent: [dead] }) }, { viewer: A, unheardMs: 0 });
    expect(seen).toMatchObject({ flowing: { ok: true, ready: 0 }, succeeding: { ok: true, completed: 20, failed: 0 } });
    expect(JSON.stringify(seen)).not.toMatch(/machine-7|4711/);
    expect(of({ recent }, { viewer: B, unheardMs: 0 }).succeeding).toMatchObject({ ok: false, failed: 20, failed_share: 1 });
  });

  test('hears when the process does not hear itself', () => {
    expect(of({}, { unheardMs: 11_000 })).toMatchObject({ verdict: 'degraded', silent: [{ what: 'listener', seconds: 11 }] });
    expect(of({}, { unheardMs: 900 }).silent).toEqual([]);
  });
});
