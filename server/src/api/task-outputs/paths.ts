/** The founding page shows the operation as `/` of task-outputs, without a prefix: both paths are the same operation; one is documented. */
export const PATHS = [
  { prefix: '/api/task-outputs', hide: false },
  { prefix: '/task-outputs', hide: true },
] as const;
