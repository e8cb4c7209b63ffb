/** The flows of the model: tasks by name with those they follow, in an order in which each comes after those. */
export interface Shape {
  name: string;
  tasks: readonly string[];
  after: Readonly<Record<string, readonly string[]>>;
}

export const SHAPES: readonly Shape[] = [
  shape('chain', { begin: [], middle: ['begin'], end: ['middle'] }),
  shape('diamond', { begin: [], left: ['begin'], right: ['begin'], join: ['left', 'right'], end: ['join'] }),
  shape('fan', { begin: [], one: ['begin'], two: ['begin'], three: ['begin'], join: ['one', 'two', 'three'] }),
];

function shape(name: string, after: Record<string, string[]>): Shape {
  return { name, tasks: Object.keys(after), after };
}

/** The same as a client sends it. The executors never run: the test is the worker, and says what came of each task. */
export const definitionOf = ({ tasks, after }: Shape): unknown[] =>
  tasks.map((name) =>
    after[name]?.length === 0
      ? { name, task_executor_name: 'webhook_receive', parameters: {} }
      : { name, task_executor_name: 'format_data', parameters: { template: name }, depends_on: after[name] },
  );
