import type { Principal } from '#access';
import { badRequest, invalidDefinition, type JsonObject } from '#base';
import type { Plan, PlannedTask } from '#language';
import type { ApiDeps } from '../deps.ts';
import type { TenantTransaction } from '../flow-app.ts';
import type { VersionPlans } from '../version-plans.ts';
import { checkInputFiles } from './check-input-files.ts';
import type { LatestVersion } from './flow-execution.queries.ts';
import { InputChecker } from './input-checker.ts';

/** Judges whether a version can run with an input: what POST flow-executions and POST execute ask alike. */
export class RunChecks {
  readonly #plans: VersionPlans;
  readonly #inputs = new InputChecker();
  readonly #bucket: string;

  constructor(deps: Pick<ApiDeps, 'files'>, plans: VersionPlans) {
    this.#plans = plans;
    this.#bucket = deps.files.bucket;
  }

  /** The version's plan. Throws `invalid_dsl_input` with every fault where it has none. */
  async plan(tx: TenantTransaction, principal: Principal, version: LatestVersion): Promise<Plan> {
    const planned = await this.#plans.get(tx, principal, version.flowVersionId);
    if (!planned.plan) throw invalidDefinition(planned.faults);
    return planned.plan;
  }

  /** The input against the task's schema, then the files that it names. Throws `bad_request` with the places. */
  async input(tx: TenantTransaction, principal: Principal, task: PlannedTask, input: JsonObject): Promise<void> {
    this.#inputs.check(task.inputSchema ?? {}, input);
    await checkInputFiles(tx, principal, input, this.#bucket);
  }
}

/**
 * The input task that a run starts with (core.md 3): of several it must be named; where there is one, a name may be given and must be its.
 * Throws `bad_request` with the names to choose from.
 */
export function chooseInputTask(plan: Plan, name: string | null | undefined): PlannedTask {
  const tasks = plan.inputTasks.flatMap((number) => plan.tasks[number] ?? []);
  const chosen =
    name === null || name === undefined ? (tasks.length === 1 ? tasks[0] : undefined) : tasks.find((task) => task.name === name);
  if (chosen) return chosen;
  const names = tasks.map((task) => `'${task.name}'`).join(', ');
  const reason = name === null || name === undefined ? 'The flow has several input tasks' : `'${name}' is no input task of the flow`;
  throw badRequest(`${reason}; input_task_name must be one of ${names}`, [
    { loc: ['body', 'input_task_name'], msg: `Input should be one of ${names}`, type: 'value_error', input: name ?? null },
  ]);
}
