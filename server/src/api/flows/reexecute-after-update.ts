// A new version of a flow whose settings say reexecute_on_update: its newest finished runs are run again where the version changed their tasks, only what
// changed and what follows from that, behind everything else (core.md C17). The work is a row, written with the version; whichever API process finds it
// takes a batch under a claim that ends by itself, so a process that dies leaves it to the next. A run that has followed is passed over when met again.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Principal } from '#access';
import { FlowError, type Id, type JsonObject } from '#base';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import type { LatestVersion } from '../flow-executions/flow-execution.queries.ts';
import { chooseInputTask, RunChecks } from '../flow-executions/run-checks.ts';
import { VersionPlans } from '../version-plans.ts';
import { changesTasks } from './changes-tasks.ts';
import {
  claimReexecution,
  type FinishedRun,
  findVersion,
  finishBatch,
  listFinishedRuns,
  type Reexecution,
} from './flow-reexecution.queries.ts';

const POLL_MS = 1_000; // how late the runs of a new version may begin to follow
const BATCH = 20; // runs a claim: what another process does again where this one dies
const CLAIM_SECONDS = 60; // longer than a batch takes

/** Looks for work until the app closes. */
export function reexecuteAfterUpdates(app: FlowApp, deps: ApiDeps): void {
  const closing = new AbortController();
  let watching: Promise<void> | undefined;
  const plans = new VersionPlans(deps.catalogue);
  const work = new Reexecutions(deps, new RunChecks(deps, plans), plans);
  app.addHook('onReady', async () => {
    watching = watch(deps, work, closing.signal);
  });
  app.addHook('onClose', async () => {
    closing.abort();
    await watching;
  });
}

async function watch({ log }: ApiDeps, work: Reexecutions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      if (await work.takeBatch(signal)) continue;
    } catch (error) {
      log.warn({ err: error }, 'runs could not be made to follow a new version; it is tried again');
    }
    await sleep(POLL_MS, undefined, { signal, ref: false }).catch(() => {});
  }
}

const asSystem = (organizationId: Id): Principal => ({
  kind: 'service_account',
  id: organizationId,
  organizationId,
  role: 'org_admin',
  modifiedBy: 'system',
  mayWrite: true,
});

class Reexecutions {
  readonly #deps: ApiDeps;
  readonly #checks: RunChecks;
  readonly #plans: VersionPlans;

  constructor(deps: ApiDeps, checks: RunChecks, plans: VersionPlans) {
    this.#deps = deps;
    this.#checks = checks;
    this.#plans = plans;
  }

  /** One batch of one flow; false where there is none to take. */
  async takeBatch(signal: AbortSignal): Promise<boolean> {
    const db = this.#deps.engineDb;
    const work = await claimReexecution(db, CLAIM_SECONDS);
    if (work === undefined) return false;
    const version = await findVersion(db, work);
    const runs = version === undefined ? [] : await listFinishedRuns(db, work, Math.min(BATCH, work.runsLeft));
    for (const run of version === undefined ? [] : runs) {
      if (signal.aborted) return true; // the claim ends by itself
      await this.#follow(work, version as LatestVersion, run);
    }
    await finishBatch(db, work, { last: runs.at(-1)?.id, looked: runs.length, isOver: runs.length < BATCH });
    return true;
  }

  /** A run that cannot follow (its input does not suit the version, it was deleted or is run by somebody) stays as it is. */
  async #follow({ organizationId }: Reexecution, version: LatestVersion, run: FinishedRun): Promise<void> {
    try {
      if (!(await this.#canFollow(organizationId, version, run))) return;
      const { flowVersionId, version: flowVersion } = version;
      const options = { onlyStale: true, actor: 'system', flowVersionId, flowVersion, isBackground: true };
      await this.#deps.engine.rerun(organizationId, run.id, options);
    } catch (error) {
      if (!(error instanceof FlowError) || error.status >= 500) throw error;
      this.#deps.log.info(
        { err: error, organization_id: organizationId, flow_id: version.flowId, flow_execution_id: run.id },
        'a run does not follow the new version of its flow',
      );
    }
  }

  #canFollow(organizationId: Id, version: LatestVersion, run: FinishedRun): Promise<boolean> {
    const principal = asSystem(organizationId);
    const scope = { organizationId, principalId: principal.id, role: principal.role };
    return this.#deps.tenant.transaction(
      scope,
      async (tx) => {
        const after = await this.#checks.plan(tx, principal, version);
        const before = (await this.#plans.load(tx, principal, [run.flowVersionId])).get(run.flowVersionId);
        if (before !== undefined && !changesTasks(before, after)) return false;
        const task = after.inputTasks.length > 1 ? chooseInputTask(after, run.triggeredTask) : chooseInputTask(after, undefined);
        await this.#checks.input(tx, principal, task, run.input as JsonObject);
        return true;
      },
      { readOnly: true },
    );
  }
}
