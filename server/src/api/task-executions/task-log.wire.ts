import { type Static, Type } from 'typebox';
import type { Id } from '#base';
import { AnyObject, Nullable, Timestamp, toWireTime, Uuid, Words } from '../wire/index.ts';

/** From the least to the gravest. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const TaskLogLine = Type.Object(
  {
    id: Uuid({ description: 'Rises with time' }),
    flow_execution_id: Uuid(),
    task_execution_id: Uuid(),
    generation: Type.Integer({ minimum: 0, description: 'Which run of the execution: 0, then one more with each re-execution' }),
    attempt: Type.Integer({ minimum: 0, description: 'Which attempt said it' }),
    level: Words(LOG_LEVELS),
    message: Type.String({ maxLength: 4_000 }),
    fields: Nullable(AnyObject({ description: 'What belongs to the message, as the executor gave it; at most 16 kB' })),
    created_at: Timestamp(),
  },
  { title: 'TaskLogLine' },
);

export type TaskLogLineWire = Static<typeof TaskLogLine>;

export interface TaskLogRow {
  id: Id;
  flowExecutionId: Id;
  taskExecutionId: Id;
  generation: number;
  attempt: number;
  level: LogLevel;
  message: string;
  fields: unknown;
  createdAt: Date;
}

export const toTaskLogLine = (row: TaskLogRow): TaskLogLineWire => ({
  id: row.id,
  flow_execution_id: row.flowExecutionId,
  task_execution_id: row.taskExecutionId,
  generation: row.generation,
  attempt: row.attempt,
  level: row.level,
  message: row.message,
  fields: row.fields as Record<string, unknown> | null,
  created_at: toWireTime(row.createdAt),
});
