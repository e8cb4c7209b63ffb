// Clients of other systems: each does one thing with what it is given, within its time, and answers how it went. They know no tenant, no database
// and no flow; what they call with is lent to them, so that everything leaves by the one way out.
export { type DeliveryResult, deliverWebhook, type WebhookMessage } from './deliver-webhook.ts';
