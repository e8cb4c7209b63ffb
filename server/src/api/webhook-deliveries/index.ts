// Tag webhook-deliveries: every try to deliver a webhook_notification, and trying again by hand. The message is the same, its signature is new.
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { getWebhookDelivery } from './get-webhook-delivery.ts';
import { listWebhookDeliveries } from './list-webhook-deliveries.ts';
import { redeliverWebhook } from './redeliver-webhook.ts';

export function registerWebhookDeliveryRoutes(app: FlowApp, deps: ApiDeps): void {
  listWebhookDeliveries(app, deps);
  getWebhookDelivery(app, deps);
  redeliverWebhook(app, deps);
}
