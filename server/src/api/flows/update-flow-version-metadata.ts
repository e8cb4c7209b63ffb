import { type Static, Type } from 'typebox';
import { validationError } from '#base';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses, Uuid } from '../wire/index.ts';
import { getVisibleFlowId } from './flow.queries.ts';
import { updateVersion } from './flow-version.queries.ts';
import { FlowVersionSummary, MAX_VERSION_NAME_LENGTH, toVersionSummaryWire, UpdateFlowVersionMetadata } from './flow-version.wire.ts';

function readMetadata({ name, is_favourite }: Static<typeof UpdateFlowVersionMetadata>) {
  if (typeof name === 'string' && [...name].length > MAX_VERSION_NAME_LENGTH) {
    const msg = `String should have at most ${MAX_VERSION_NAME_LENGTH} characters`;
    const ctx = { max_length: MAX_VERSION_NAME_LENGTH };
    throw validationError([{ loc: ['body', 'name'], msg, type: 'string_too_long', input: name.slice(0, MAX_VERSION_NAME_LENGTH), ctx }]);
  }
  return {
    ...(typeof name === 'string' && { name: name === '' ? null : name }),
    ...(typeof is_favourite === 'boolean' && { isFavourite: is_favourite }),
  };
}

/** PATCH /api/flows/{flow_id}/versions/{version}: its name and mark, of any version and status. */
export function updateFlowVersionMetadata(app: FlowApp): void {
  app.patch(
    '/api/flows/:flow_id/versions/:version',
    {
      config: { operation: 'update_flow_version_metadata' },
      schema: {
        tags: ['flows'],
        summary: 'Update the name or mark of a version',
        params: Type.Object({ flow_id: Uuid(), version: Type.Integer() }),
        body: UpdateFlowVersionMetadata,
        response: { 200: FlowVersionSummary, ...errorResponses(401, 403, 404, 422, 500) },
      },
    },
    async (request) => {
      const { principal, params } = request;
      const changes = { ...readMetadata(request.body), modifiedBy: principal.modifiedBy };
      const version = await request.tenant(async (tx) => {
        const flowId = await getVisibleFlowId(tx, principal, params.flow_id);
        return updateVersion(tx, { flowId, version: params.version }, changes);
      });
      return toVersionSummaryWire(version);
    },
  );
}
