import { Type } from 'typebox';
import { parseDefinition } from '#language';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses, Uuid } from '../wire/index.ts';
import { getVisibleFlow } from './flow.queries.ts';

const OWN_INPUTS = new Set(['receive_file', 'custom_form_input']); // fed by whoever starts the run, not by a source of its own

const FlowCloneInfoResponse = Type.Object(
  {
    has_external_input_tasks: Type.Boolean(),
    external_input_task_names: Type.Array(Type.String(), { description: 'Names of the executors' }),
  },
  { title: 'FlowCloneInfoResponse' },
);

/** GET /api/flows/{flow_id}/clone-info: which sources must be set up anew for a copy (core.md 2). */
export function getFlowCloneInfo(app: FlowApp, deps: ApiDeps): void {
  app.get(
    '/api/flows/:flow_id/clone-info',
    {
      config: { operation: 'get_flow_clone_info' },
      schema: {
        tags: ['flows'],
        summary: 'What a copy of the flow would have to be connected to',
        params: Type.Object({ flow_id: Uuid() }),
        response: { 200: FlowCloneInfoResponse, ...errorResponses(401, 404, 422, 500) },
      },
    },
    async (request) => {
      const flow = await request.tenant((tx) => getVisibleFlow(tx, request.principal, request.params.flow_id), { readOnly: true });
      const executors = parseDefinition(flow.definition).definition.tasks.map((task) => task.executor);
      const isExternal = (name: string) => !OWN_INPUTS.has(name) && deps.catalogue.get(name)?.isInput === true;
      const names = [...new Set(executors.filter(isExternal))];
      return { has_external_input_tasks: names.length > 0, external_input_task_names: names };
    },
  );
}
