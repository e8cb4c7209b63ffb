import type { Json, JsonObject } from '#base';

/** The wire's form of a task's error, {message, type, traceback}, with our code and whether it may be tried again. The one place that makes it. */
export const errorRecord = (error: { code: string; message: string; retryable: boolean; details?: Json }): JsonObject => ({
  message: error.message,
  type: 'task_error',
  code: error.code,
  retryable: error.retryable,
  traceback: null,
  ...(error.details === undefined ? {} : { details: error.details }),
});
