import { type Principal, SecretUnreadableError, unsealSecret } from '#access';
import { type Config, conflict, type Id, isJsonObject, type Json } from '#base';
import type { WebhookMessage } from '#connectors';
import { ResolutionError } from '#language';
import type { TenantTransaction } from '../flow-app.ts';
import type { VersionPlans } from '../version-plans.ts';
import { findDeliveredTask, getDelivery } from './webhook-delivery.queries.ts';
import type { DeliveryRow } from './webhook-delivery.wire.ts';

export interface ReopenedMessage {
  delivery: DeliveryRow;
  message: WebhookMessage;
  /** What was opened for it, to be taken out of what comes back. */
  secrets: Record<string, string>;
}

interface Sources {
  plans: VersionPlans;
  config: Config;
}

/**
 * A message as it was, to be signed anew. No secret is kept with a delivery: they are found again where the flow's version refers to them, with their
 * present values, so that a receiver that has changed over can verify it. Throws not_found, and conflict where they cannot be found.
 */
export async function reopenMessage(tx: TenantTransaction, principal: Principal, sources: Sources, id: Id): Promise<ReopenedMessage> {
  const delivery = await getDelivery(tx, id);
  const task = await findDeliveredTask(tx, delivery.taskExecutionId);
  const plans = task ? await sources.plans.load(tx, principal, [task.flowVersionId]) : undefined;
  const resolver = task && plans?.get(task.flowVersionId)?.resolve.get(task.task);
  if (!resolver || !isJsonObject(task?.input as Json))
    throw conflict('The task of this delivery is not kept any more: it cannot be signed');
  try {
    const secrets = await openSecrets(tx, principal.organizationId, sources.config.encryptionKey, resolver.secrets);
    const parameters = resolver.reopen(task.input as Record<string, Json>, secrets);
    const { url, messageId, payload } = delivery;
    const message = { url, id: messageId, payload, secrets: textsOf(parameters['secrets']), headers: headersOf(parameters['headers']) };
    return { delivery, message, secrets };
  } catch (error) {
    if (error instanceof ResolutionError || error instanceof SecretUnreadableError) throw conflict(`It cannot be signed: ${error.message}`);
    throw error;
  }
}

async function openSecrets(
  tx: TenantTransaction,
  organizationId: Id,
  encryptionKey: Buffer,
  names: string[],
): Promise<Record<string, string>> {
  if (names.length === 0) return {};
  const rows = await tx.selectFrom('secrets').select(['name', 'sealed']).where('name', 'in', names).execute();
  return Object.fromEntries(rows.map(({ name, sealed }) => [name, unsealSecret(encryptionKey, { organizationId, name }, sealed)]));
}

const textsOf = (value: Json | undefined): string[] => (Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []);

const headersOf = (value: Json | undefined): Record<string, string> =>
  isJsonObject(value ?? null)
    ? Object.fromEntries(
        Object.entries(value as Record<string, Json>).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
      )
    : {};
