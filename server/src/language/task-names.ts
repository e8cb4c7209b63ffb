import type { TaskDefinition } from './definition.ts';
import { limitSuggestions, type Suggest } from './nearest-name.ts';

/** Finds tasks by what a definition calls them: the name, or the title where only one task bears it. A name goes before a title. */
export interface TaskNames {
  suggest: Suggest;
  /** All names, in the order of the definition. */
  all: string[];
  find(label: string): TaskDefinition | undefined;
  /** The task with the longest label that `text` begins with and that ends there, or before `.` or `[`; and what remains. */
  findPrefix(text: string): { task: TaskDefinition; rest: string } | undefined;
}

export function nameTasks(tasks: TaskDefinition[]): TaskNames {
  const byLabel = new Map<string, TaskDefinition>();
  const titles = new Map<string, TaskDefinition | undefined>();
  for (const task of tasks) if (task.title !== '') titles.set(task.title, titles.has(task.title) ? undefined : task);
  for (const [title, task] of titles) if (task) byLabel.set(title, task);
  for (const task of tasks.toReversed()) byLabel.set(task.name, task); // of two with one name, which is a fault, the first
  const lengths = new Set([...byLabel.keys()].map((label) => label.length));
  return {
    suggest: limitSuggestions(MAX_SUGGESTIONS),
    all: tasks.map((task) => task.name),
    find: (label) => byLabel.get(label),
    findPrefix: (text) => findPrefix(byLabel, lengths, text),
  };
}

const MAX_SUGGESTIONS = 100;

/** Ends of a label are tried from the last `.` or `[` to the first, so that `a.b` is found before `a` in `a.b.c`. */
function findPrefix(
  byLabel: Map<string, TaskDefinition>,
  lengths: Set<number>,
  text: string,
): { task: TaskDefinition; rest: string } | undefined {
  const whole = byLabel.get(text);
  if (whole) return { task: whole, rest: '' };
  for (let end = text.length - 1; end > 0; end--) {
    if ((text[end] !== '.' && text[end] !== '[') || !(lengths.has(end) || text[end - 1] === ' ')) continue;
    const task = byLabel.get(text.slice(0, end).trimEnd());
    if (task) return { task, rest: text.slice(end) };
  }
  return undefined;
}
