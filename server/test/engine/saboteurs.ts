import { STATEMENTS, type StatementName, type Statements } from '../../src/engine/statements.ts';

/** Each takes one defence away; some test must then fail, or nothing proves that the defence is there. */
export const SABOTEURS = {
  /** Any result counts, whoever holds the task. */
  fence: change('settle-tasks', ['t.attempt = s.attempt and t.status = s.held and t.generation = s.own_generation', 'true']),
  /** A result counts whichever attempt it is of. */
  attempt: change('settle-tasks', ['t.attempt = s.attempt and t.status', 't.status']),
  /** A result counts whichever generation it is of. */
  generation: change(
    'settle-tasks',
    ['and t.generation = s.own_generation', ''],
    ['s.execution_id, s.generation, s.outcome', 's.execution_id, s.outcome'],
    ['select organization_id, id, generation, false', 'select organization_id, id, false'],
    ['select organization_id, id, generation, true', 'select organization_id, id, true'],
  ),
  /** A settle does not wait for a cancel or a re-execution in flight. */
  lock: change('settle-tasks', ['for key share of e', '']),
  /** What a worker brings after a cancel is taken as it is. */
  stop: change('settle-tasks', [
    "false from execution where status = 'running'",
    "false from execution where status in ('running', 'cancel_requested')",
  ]),
  /** A slot that is handed on is freed as well. */
  slots: change('settle-tasks', [
    'and not coalesce((c.organization_id, c.slot) in (select organization_id, slot from promoted), false)',
    '',
  ]),
  /** What sleeps in a cancelled execution sleeps on. */
  wake: change('cancel-execution', ["t.status in ('awaiting_input', 'scheduled')", 'false']),
  /** What dead workers held stays theirs. */
  reap: change('reap-tasks', ['w.alive_until < now()', 'false']),
  /** A join is ready at its first arrival. */
  join: change('settle-tasks', ["case when waiting > 0 then 'pending' when claim", 'case when claim']),
  /** Executions that were queued stay so when a slot is handed to them. */
  begin: change('settle-tasks', ["t.status = 'pending' and t.waiting = 0\n)", 'false\n)']),
  /** A run gives up its slot although something of it could go on. */
  park: change('park-executions', [
    "exists (select from task_executions t where t.organization_id = e.organization_id and t.execution_id = e.id\n                        and (t.status in ('ready', 'running')",
    "exists (select from task_executions t where t.organization_id = e.organization_id and t.execution_id = e.id\n                        and (t.status in ('running')",
  ]),
  /** A run that resumes stands behind those that came after it. */
  resume: change('queue-execution', ['rank = rank - 20000', 'rank = rank']),
  /** The slot of a run that waits stays its own. */
  unpark: change('park-executions', ['update execution_slots s set free = true', 'update execution_slots s set free = false']),
} satisfies Record<string, Statements>;

export type Saboteur = keyof typeof SABOTEURS;

function change(name: StatementName, ...edits: [string, string][]): Statements {
  let text = STATEMENTS[name];
  for (const [from, to] of edits) {
    if (!text.includes(from)) throw new Error(`the saboteur of ${name} finds nothing to remove: ${from}`);
    text = text.replace(from, to);
  }
  return { ...STATEMENTS, [name]: text };
}
