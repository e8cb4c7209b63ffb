import { type Id, notFound } from '#base';
import type { TenantTransaction } from '../flow-app.ts';
import { countRows } from '../wire/count-rows.ts';
import type { DeliveryRow } from './webhook-delivery.wire.ts';

const COLUMNS = [
  'd.id',
  'd.messageId',
  'd.flowExecutionId',
  'd.taskExecutionId',
  'd.taskName',
  'd.url',
  'd.try',
  'd.status',
  'd.responseStatus',
  'd.responseExcerpt',
  'd.error',
  'd.durationMs',
  'd.redelivery',
  'd.triggeredBy',
  'd.createdAt',
] as const;

/** Those of runs that are not deleted. */
const deliveries = (tx: TenantTransaction) =>
  tx
    .selectFrom('webhookDeliveries as d')
    .innerJoin('flowExecutions as e', (join) =>
      join.onRef('e.organizationId', '=', 'd.organizationId').onRef('e.id', '=', 'd.flowExecutionId'),
    )
    .where('e.deletedAt', 'is', null);

export interface DeliveryFilters {
  flowExecutionId?: Id | undefined;
  status?: 'delivered' | 'failed' | undefined;
}

function filtered(tx: TenantTransaction, { flowExecutionId, status }: DeliveryFilters) {
  let query = deliveries(tx);
  if (flowExecutionId !== undefined) query = query.where('d.flowExecutionId', '=', flowExecutionId);
  return status === undefined ? query : query.where('d.status', '=', status);
}

/** Newest first: ids are in the order of their making. */
export const listDeliveries = (
  tx: TenantTransaction,
  filters: DeliveryFilters,
  page: { after: Id | undefined; limit: number },
): Promise<DeliveryRow[]> => {
  const query = filtered(tx, filters).select(COLUMNS).orderBy('d.id', 'desc').limit(page.limit);
  return (page.after === undefined ? query : query.where('d.id', '<', page.after)).execute();
};

export const countDeliveries = (tx: TenantTransaction, filters: DeliveryFilters, upTo: number): Promise<number> =>
  countRows(tx, filtered(tx, filters).select('d.id').limit(upTo) as never);

/** Throws not_found. */
export async function getDelivery(tx: TenantTransaction, id: Id): Promise<DeliveryRow & { payload: string }> {
  const row = await deliveries(tx).select(COLUMNS).select('d.payload').where('d.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('Webhook delivery', id);
  return row;
}

export interface DeliveredTask {
  flowVersionId: Id;
  task: number;
  /** As it is stored: secrets unresolved; null where it was too large to be kept. */
  input: unknown;
}

/** The task that a delivery is of; undefined where it is gone. */
export const findDeliveredTask = (tx: TenantTransaction, taskExecutionId: Id): Promise<DeliveredTask | undefined> =>
  tx
    .selectFrom('taskExecutions as t')
    .innerJoin('flowExecutions as e', (join) => join.onRef('e.organizationId', '=', 't.organizationId').onRef('e.id', '=', 't.executionId'))
    .select(['e.flowVersionId', 't.task', 't.input'])
    .where('t.id', '=', taskExecutionId)
    .executeTakeFirst();

export type NewDelivery = Omit<DeliveryRow, 'try' | 'createdAt'> & { organizationId: Id; payload: string };

/** One more try of its message. */
export async function insertDelivery(tx: TenantTransaction, delivery: NewDelivery): Promise<DeliveryRow> {
  const { tries } = await tx
    .selectFrom('webhookDeliveries')
    .select((b) => b.fn.max<number>('try').as('tries'))
    .where('flowExecutionId', '=', delivery.flowExecutionId)
    .where('messageId', '=', delivery.messageId)
    .executeTakeFirstOrThrow();
  await tx
    .insertInto('webhookDeliveries')
    .values({ ...delivery, try: (tries ?? 0) + 1 })
    .execute();
  return getDelivery(tx, delivery.id);
}
