import { newId, redactText, secretForms, serviceUnavailable } from '#base';
import { type DeliveryResult, deliverWebhook } from '#connectors';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { VersionPlans } from '../version-plans.ts';
import { errorResponses } from '../wire/index.ts';
import { type ReopenedMessage, reopenMessage } from './reopen-message.ts';
import { insertDelivery } from './webhook-delivery.queries.ts';
import { DeliveryPath, toDeliveryWire, WebhookDelivery } from './webhook-delivery.wire.ts';

const TIMEOUT_MS = 15_000; // as the executor's own
const RETRY_SECONDS = 2;

/**
 * POST /api/webhook-deliveries/{delivery_id}/redeliver: the same message once more, at once, to the same URL; answers the new try, delivered or
 * failed. The run is not touched. No transaction is open while it is sent.
 */
export function redeliverWebhook(app: FlowApp, deps: ApiDeps): void {
  const plans = new VersionPlans(deps.catalogue);
  app.post(
    '/api/webhook-deliveries/:delivery_id/redeliver',
    {
      config: { operation: 'redeliver_webhook' },
      schema: {
        tags: ['webhook-deliveries'],
        summary: 'Send a webhook again',
        params: DeliveryPath,
        response: { 200: WebhookDelivery, ...errorResponses(401, 403, 404, 409, 422, 500, 503) },
      },
    },
    async (request) => {
      const { principal, params } = request;
      const sources = { plans, config: deps.config };
      const reopened = await request.tenant((tx) => reopenMessage(tx, principal, sources, params.delivery_id), { readOnly: true });
      const callOut = deps.wayOut.share(principal.organizationId);
      const limits = { signal: new AbortController().signal, timeoutMs: TIMEOUT_MS };
      const result = await deliverWebhook(callOut, reopened.message, limits);
      deps.metrics.webhookDeliveries.inc({ status: result.status });
      if (result.error?.code === 'endpoint_busy') throw serviceUnavailable(result.error.message, RETRY_SECONDS);
      const row = { ...toRow(reopened, result), organizationId: principal.organizationId, triggeredBy: principal.modifiedBy };
      return toDeliveryWire(await request.tenant((tx) => insertDelivery(tx, row)));
    },
  );
}

function toRow({ delivery, message, secrets }: ReopenedMessage, result: DeliveryResult) {
  const forms = secretForms(secrets);
  const shown = (text: string | undefined) => (text === undefined ? null : redactText(forms, text).slice(0, MAX_TEXT));
  const { flowExecutionId, taskExecutionId, taskName } = delivery;
  return {
    id: newId(),
    messageId: message.id,
    flowExecutionId,
    taskExecutionId,
    taskName,
    url: message.url,
    payload: message.payload,
    status: result.status,
    responseStatus: result.responseStatus ?? null,
    responseExcerpt: shown(result.responseExcerpt),
    error: shown(result.error?.message),
    durationMs: result.durationMs,
    redelivery: true,
  };
}

const MAX_TEXT = 2000; // as the columns
