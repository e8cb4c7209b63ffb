import { Type } from 'typebox';
import { invalidDefinition, isJsonObject, type Json, type JsonObject } from '#base';
import { checkParsedDefinition, type Fault, formatFault, parseDefinition } from '#language';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { AnyObject, errorResponses } from '../wire/index.ts';

const TaskDataRequest = Type.Object(
  { flow_definition: AnyObject({ description: 'In the flat or the wire form' }) },
  { title: 'TaskDynamicDataRequest' },
);

const TaskDataResponse = Type.Object(
  {
    output_schemas: AnyObject({ description: 'What each task gives, by its name' }),
    input_schemas: AnyObject({ description: 'What each input task asks for, by its name; empty unless asked for' }),
    dynamic_data: AnyObject({ description: 'Choices that come from outside, by task and parameter' }),
    validation_errors: Type.Array(Type.String(), { description: 'For people, each with its place; empty: valid' }),
  },
  { title: 'TaskDynamicDataResponse' },
);

/**
 * POST /api/task-data: the schemas of a definition's tasks and what is wrong with it, at once (core.md 5). It reads and stores nothing. Faults are
 * part of the answer; only where there is no list of tasks at all it is 400. `full_validation` adds what the structure alone does not show:
 * parameters, references, cycles, what is missing.
 */
export function getTaskData(app: FlowApp, deps: ApiDeps): void {
  app.post(
    '/api/task-data',
    {
      config: { operation: 'get_task_data' },
      schema: {
        tags: ['task-data'],
        summary: 'Schemas and faults of a flow definition',
        querystring: Type.Object({
          full_validation: Type.Boolean({ default: false, description: 'Check parameters, references and order too' }),
          include_input_schema: Type.Boolean({ default: false }),
        }),
        body: TaskDataRequest,
        response: { 200: TaskDataResponse, ...errorResponses(400, 401, 403, 413, 422, 500) },
      },
    },
    async (request) => {
      const { query } = request;
      const source = request.body.flow_definition as JsonObject;
      if (!hasTaskList(source)) throw invalidDefinition(['tasks: Field required: a definition has a list of tasks']);
      const parsed = parseDefinition(source);
      const structural = new Set(parsed.definition.faults.map(formatFault));
      const checked = checkParsedDefinition(parsed, deps.catalogue);
      const isTold = (fault: Fault) => query.full_validation || structural.has(formatFault(fault)) || STRUCTURAL_TYPES.has(fault.type);
      const nameless = source['flow_configs'] === undefined && checked.name === undefined ? ['name: Field required'] : [];
      return {
        output_schemas: checked.outputSchemas,
        input_schemas: query.include_input_schema ? checked.inputSchemas : {},
        dynamic_data: {}, // no executor has choices that come from outside
        validation_errors: [...nameless, ...checked.faults.filter(isTold).map(formatFault)],
      };
    },
  );
}

/** Faults that are found with the whole in view, and concern the structure all the same. */
const STRUCTURAL_TYPES = new Set(['unknown_executor', 'duplicate_name']);

function hasTaskList(source: JsonObject): boolean {
  const configs = source['flow_configs'];
  if (configs === undefined) return Array.isArray(source['tasks']);
  const config = Array.isArray(configs) && isJsonObject(configs[0] as Json) ? (configs[0] as JsonObject)['config'] : undefined;
  return isJsonObject(config) && Array.isArray(config['tasks']);
}
