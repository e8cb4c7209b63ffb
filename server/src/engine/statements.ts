import { readFileSync } from 'node:fs';

/** The engine's statements, one a file in sql/; each file's head says what holds after it. */
const NAMES = [
  'start-executions',
  'claim-tasks',
  'put-off-tasks',
  'settle-tasks',
  'read-inputs',
  'wake-tasks',
  'wake-waiting',
  'wake-task',
  'find-overslept',
  'find-idle',
  'lock-idle',
  'park-executions',
  'resume-execution',
  'queue-execution',
  'keep-decision',
  'reap-tasks',
  'promote-executions',
  'lock-execution',
  'cancel-execution',
  'find-overdue-cancels',
  'find-waiting-task',
  'find-stopped',
  'find-held',
  'find-execution',
  'read-statuses',
  'register-worker',
  'renew-lease',
  'release-worker',
  'forget-workers',
  'drop-task-logs',
  'drop-idempotency-keys',
  'drop-access-tickets',
  'drop-cached-outputs',
  'fit-slots',
  'read-rows',
  'replace-rows',
  'park-rows',
  'keep-rows',
  'reopen-execution',
  'open-rows',
  'find-task',
  'lock-rows',
  'read-result',
  'edit-task',
  'mark-stale',
  'advance-generation',
  'sum-edits',
  'take-over',
  'annotate-task',
  'find-report',
  'save-draft',
  'find-kept-decision',
] as const;

export type StatementName = (typeof NAMES)[number];

/** Text by name. Read once, when the process starts. */
export type Statements = Readonly<Record<StatementName, string>>;

const read = (name: StatementName): string => readFileSync(new URL(`./sql/${name}.sql`, import.meta.url), 'utf8');

export const STATEMENTS: Statements = Object.freeze(
  Object.fromEntries(NAMES.map((name) => [name, read(name)])) as Record<StatementName, string>,
);
