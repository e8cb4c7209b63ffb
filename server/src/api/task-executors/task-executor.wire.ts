import { type Static, Type } from 'typebox';
import type { ExecutorDescription } from '#executors';
import { AnyObject, Nullable } from '../wire/index.ts';

export const TaskExecutorResponse = Type.Object(
  {
    task_executor_name: Type.String({ minLength: 1, description: 'Unique, snake_case, never renamed' }),
    task_executor_title: Type.String({ description: 'For people' }),
    task_executor_description: Type.String({ minLength: 10 }),
    task_executor_agent_prompt: Type.String({ description: 'For a program that writes flows' }),
    parameters_schema: AnyObject({ description: 'JSON Schema 2020-12 of the task parameters' }),
    flow_input_schema: Nullable(AnyObject({ description: 'Schema of the input of a run; null unless it is an input executor' })),
    is_input_task_executor: Type.Boolean(),
    is_schedulable_executor: Type.Boolean(),
  },
  { title: 'TaskExecutorResponse' },
);

export const toTaskExecutorWire = (executor: ExecutorDescription): Static<typeof TaskExecutorResponse> => ({
  task_executor_name: executor.name,
  task_executor_title: executor.title,
  task_executor_description: executor.description,
  task_executor_agent_prompt: executor.agentPrompt,
  parameters_schema: executor.parametersSchema,
  flow_input_schema: executor.flowInputSchema,
  is_input_task_executor: executor.isInput,
  is_schedulable_executor: executor.isSchedulable,
});
