import type { Plan } from '#language';

const tasksOf = ({ tasks }: Plan): string =>
  JSON.stringify(
    tasks
      .map(({ kind, name, fingerprint, scope }) => [kind, name, fingerprint, ...scope.map((gate) => tasks[gate]?.name)])
      .sort((a, b) => (`${a}` < `${b}` ? -1 : 1)),
  );

/** Whether a version has other tasks than another, or tasks that would give something else. Titles, positions and notes are nothing that a run is made of. */
export const changesTasks = (before: Plan, after: Plan): boolean => tasksOf(before) !== tasksOf(after);
