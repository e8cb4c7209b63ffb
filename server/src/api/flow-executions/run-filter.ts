import { type Static, Type } from 'typebox';
import { badRequest } from '#base';
import { Nullable, readWireTime, Timestamp, Uuid, Words } from '../wire/index.ts';
import { EXECUTION_STATUSES, type ExecutionStatus, PROCESSING_STATUSES } from '../wire/statuses.ts';
import type { ExecutionFilters } from './flow-execution.queries.ts';
import { readGroups } from './metadata-filter.ts';

const Time = (description: string) => Type.Optional(Nullable(Timestamp({ description })));
const WordList = <const W extends readonly string[]>(words: W, description: string) =>
  Type.Optional(Nullable(Type.Array(Words(words), { maxItems: 20, description })));

/** The runs of one flow by what the list of runs filters by, as a body says it. */
export const RunFilter = Type.Object(
  {
    flow_id: Uuid({ description: 'The flow whose runs are meant; a deleted one too' }),
    status: WordList(EXECUTION_STATUSES, 'Runs in any of these statuses'),
    status_exclude: WordList(EXECUTION_STATUSES, 'Runs in none of these statuses'),
    task_status: WordList(PROCESSING_STATUSES, 'Runs with a task in any of these statuses'),
    tags: Type.Optional(
      Nullable(Type.Array(Type.String({ maxLength: 200 }), { maxItems: 100, description: 'Runs with a task that has any of these tags' })),
    ),
    metadata: Type.Optional(
      Nullable(
        Type.Array(Type.Object({ key: Type.String(), values: Type.Array(Type.String(), { maxItems: 100 }) }), {
          maxItems: 20,
          description: 'Runs that have any of the values of each key, in any case',
        }),
      ),
    ),
    created_after: Time('Inclusive'),
    created_before: Time('Inclusive'),
    updated_after: Time('Inclusive'),
    updated_before: Time('Inclusive'),
  },
  { title: 'FlowExecutionFilter' },
);

/** Throws bad_request for a time that is none. */
export function toFilters(filter: Static<typeof RunFilter>): ExecutionFilters {
  const time = (name: 'created_after' | 'created_before' | 'updated_after' | 'updated_before') => {
    const text = filter[name];
    return text ? { [camel[name]]: readWireTime(text, ['body', 'filter', name]) } : {};
  };
  const filters: ExecutionFilters = {
    flowId: filter.flow_id,
    ...listOf('status', filter.status as ExecutionStatus[] | null | undefined),
    ...listOf('statusExclude', filter.status_exclude as ExecutionStatus[] | null | undefined),
    ...listOf('taskStatus', filter.task_status as string[] | null | undefined),
    ...listOf('tags', filter.tags),
    ...(filter.metadata ? { metadata: readGroups(filter.metadata) } : {}),
    ...time('created_after'),
    ...time('created_before'),
    ...time('updated_after'),
    ...time('updated_before'),
  };
  if (Object.keys(filters).length === 1)
    throw badRequest('The filter names a flow and nothing else: say which of its runs are meant, by status, time, tags or metadata');
  return filters;
}

const camel = {
  created_after: 'createdAfter',
  created_before: 'createdBefore',
  updated_after: 'updatedAfter',
  updated_before: 'updatedBefore',
} as const;

const listOf = <K extends string, V>(key: K, values: V[] | null | undefined): Partial<Record<K, V[]>> =>
  values && values.length > 0 ? ({ [key]: values } as Record<K, V[]>) : {};
