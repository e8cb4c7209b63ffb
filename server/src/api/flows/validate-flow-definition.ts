import { type Static, Type } from 'typebox';
import { checkDefinition, toErrorDetails } from '#language';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { ErrorDetails } from '../wire/errors.wire.ts';
import { AnyObject, errorResponses, Nullable, Uuid } from '../wire/index.ts';
import { getVisibleFlowId } from './flow.queries.ts';
import { FlowDefinitionUpdate } from './flow.wire.ts';
import { jsonOrYaml } from './flow-body.ts';
import { expansionQuery } from './flow-query.wire.ts';

const FlowValidationResponse = Type.Object(
  {
    validation_errors: Type.Array(ErrorDetails, { description: 'Empty: valid' }),
    ordered_task_names: Nullable(Type.Array(Type.String(), { description: 'In the order of execution; null where there is none' })),
    dynamic_data: Nullable(AnyObject({ description: 'By task; null unless asked for' })),
    output_schemas: Nullable(AnyObject({ description: 'By task; null unless asked for' })),
    default_reference_modes: Nullable(AnyObject({ description: 'By task; null unless asked for' })),
  },
  { title: 'FlowValidationResponse' },
);

const { include_dynamic_data, include_output_schemas, include_default_reference_modes } = expansionQuery;
type Body = Static<typeof FlowDefinitionUpdate> | string;

/** POST /api/flows/{flow_id}/validate: what is wrong with a definition. Stores nothing; a bad definition is 200, told in the answer. */
export function validateFlowDefinition(app: FlowApp, deps: ApiDeps): void {
  app.post(
    '/api/flows/:flow_id/validate',
    {
      config: { operation: 'validate_flow_definition', acceptsYaml: true },
      schema: {
        tags: ['flows'],
        summary: 'Validate a flow definition',
        params: Type.Object({ flow_id: Uuid() }),
        querystring: Type.Object({ include_dynamic_data, include_output_schemas, include_default_reference_modes }),
        body: jsonOrYaml(FlowDefinitionUpdate),
        response: { 200: FlowValidationResponse, ...errorResponses(401, 403, 404, 413, 415, 422, 500) },
      },
    },
    async (request) => {
      const { principal, params, query } = request;
      const body = request.body as Body;
      await request.tenant((tx) => getVisibleFlowId(tx, principal, params.flow_id), { readOnly: true });
      const checked = checkDefinition(typeof body === 'string' ? body : body.definition, deps.catalogue);
      const dynamicData = Object.fromEntries(Object.keys(checked.outputSchemas).map((name) => [name, {}])); // as in expand-flow.ts
      return {
        validation_errors: checked.faults.map(toErrorDetails),
        ordered_task_names: checked.orderedTaskNames,
        dynamic_data: query.include_dynamic_data ? dynamicData : null,
        output_schemas: query.include_output_schemas ? checked.outputSchemas : null,
        default_reference_modes: query.include_default_reference_modes ? checked.defaultReferenceModes : null,
      };
    },
  );
}
