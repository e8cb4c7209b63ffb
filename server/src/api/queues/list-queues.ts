import { Type } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { cutPage, errorResponses, setListHeaders, Words } from '../wire/index.ts';
import { QUEUE_KINDS, QueueResponse, toQueueWire } from './queue.wire.ts';
import { countDraining, proveQueue, readQueues } from './read-queues.ts';

const ListQuery = Type.Object({
  kind: Words(QUEUE_KINDS, { default: 'organization', description: 'Of what' }),
  name: Type.Optional(Type.String({ maxLength: 255, description: "Only this one: a flow's id, an executor's or a model's name" })),
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50, description: 'Most queues to return' }),
  starting_after: Type.String({ default: '', maxLength: 255, description: 'The name of the last queue of the page before' }),
});

/** GET /api/admin/queues: depth, age, what runs, pauses and limits, by name. */
export function listQueues(app: FlowApp, deps: ApiDeps): void {
  app.get(
    '/api/admin/queues',
    {
      config: { operation: 'list_queues' },
      schema: {
        tags: ['queues'],
        summary: 'List what waits, runs, is paused and limited',
        querystring: ListQuery,
        response: { 200: Type.Array(QueueResponse), ...errorResponses(400, 401, 403, 404, 422, 500) },
      },
    },
    async (request, reply) => {
      const { kind, name, limit, starting_after: after } = request.query;
      const { organizationId } = request.principal;
      if (name !== undefined) {
        await proveQueue(request, deps, { kind, name });
        const [state] = await readQueues(deps, organizationId, kind, { after: '', limit: 1, ...(name === '' ? {} : { name }) });
        return state === undefined ? [] : [toQueueWire(state, await countDraining(deps, state))];
      }
      if (after !== '' && kind === 'flow') await proveQueue(request, deps, { kind, name: after });
      const rows = await readQueues(deps, organizationId, kind, { after, limit: limit + 1 });
      const address = { publicUrl: deps.publicUrl(), requestUrl: request.url };
      const { shown, nextUrl } = cutPage(rows, { limit, markOf: (row) => row.name }, address);
      setListHeaders(reply, { nextUrl });
      return shown.map((state) => toQueueWire(state, null));
    },
  );
}
