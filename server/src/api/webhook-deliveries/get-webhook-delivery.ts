import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses } from '../wire/index.ts';
import { getDelivery } from './webhook-delivery.queries.ts';
import { DeliveryPath, toDeliveryWire, WebhookDeliveryWithPayload } from './webhook-delivery.wire.ts';

/** GET /api/webhook-deliveries/{delivery_id}: one try, with what was sent. */
export function getWebhookDelivery(app: FlowApp, _deps: ApiDeps): void {
  app.get(
    '/api/webhook-deliveries/:delivery_id',
    {
      config: { operation: 'get_webhook_delivery' },
      schema: {
        tags: ['webhook-deliveries'],
        summary: 'One try to deliver a webhook',
        params: DeliveryPath,
        response: { 200: WebhookDeliveryWithPayload, ...errorResponses(401, 403, 404, 422, 500) },
      },
    },
    async (request) => {
      const row = await request.tenant((tx) => getDelivery(tx, request.params.delivery_id), { readOnly: true });
      return { ...toDeliveryWire(row), payload: JSON.parse(row.payload) as unknown };
    },
  );
}
