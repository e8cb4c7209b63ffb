import { Type } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { countUpTo, toTotal } from '../wire/count-rows.ts';
import { cutPage, errorResponses, setListHeaders, Uuid, Words } from '../wire/index.ts';
import { countDeliveries, getDelivery, listDeliveries } from './webhook-delivery.queries.ts';
import { DELIVERY_STATUSES, toDeliveryWire, WebhookDelivery } from './webhook-delivery.wire.ts';

const ListQuery = Type.Object({
  flow_execution_id: Type.Optional(Uuid()),
  status: Type.Optional(Words(DELIVERY_STATUSES)),
  limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: 'Most tries to return' }),
  starting_after: Type.Optional(Uuid({ description: 'The id of the last try of the page before' })),
});

/** GET /api/webhook-deliveries: every try, newest first, without what was sent. */
export function listWebhookDeliveries(app: FlowApp, deps: ApiDeps): void {
  app.get(
    '/api/webhook-deliveries',
    {
      config: { operation: 'list_webhook_deliveries' },
      schema: {
        tags: ['webhook-deliveries'],
        summary: 'List tries to deliver webhooks',
        querystring: ListQuery,
        response: { 200: Type.Array(WebhookDelivery), ...errorResponses(401, 403, 404, 422, 500) },
      },
    },
    async (request, reply) => {
      const { flow_execution_id: flowExecutionId, status, limit, starting_after: after } = request.query;
      const { rows, counted } = await request.tenant(
        async (tx) => {
          if (after !== undefined) await getDelivery(tx, after);
          const filters = { flowExecutionId, status };
          return {
            rows: await listDeliveries(tx, filters, { after, limit: limit + 1 }),
            counted: await countDeliveries(tx, filters, countUpTo(limit)),
          };
        },
        { readOnly: true },
      );
      const address = { publicUrl: deps.publicUrl(), requestUrl: request.url };
      const { shown, nextUrl } = cutPage(rows, { limit, markOf: ({ id }) => id }, address);
      setListHeaders(reply, { total: toTotal(counted, limit), nextUrl });
      return shown.map(toDeliveryWire);
    },
  );
}
