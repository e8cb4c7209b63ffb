import { type Static, Type } from 'typebox';
import { AnyJson, Nullable, Timestamp, toWireTime, Uuid, Words } from '../wire/index.ts';

export const DELIVERY_STATUSES = ['delivered', 'failed'] as const;

const delivery = {
  id: Uuid(),
  message_id: Type.String({ description: 'The webhook-id: the same for every try' }),
  flow_execution_id: Uuid(),
  task_execution_id: Uuid(),
  task_name: Type.String(),
  url: Type.String(),
  try: Type.Integer({ minimum: 1 }),
  status: Words(DELIVERY_STATUSES),
  response_status: Nullable(Type.Integer({ description: 'null where no answer came' })),
  response_excerpt: Nullable(Type.String({ description: 'Beginning of the answer' })),
  error: Nullable(Type.String()),
  duration_ms: Type.Integer(),
  redelivery: Type.Boolean({ description: 'Somebody asked for it' }),
  triggered_by: Type.String({ description: 'User id, `integration` or `system`' }),
  created_at: Timestamp(),
};

export const WebhookDelivery = Type.Object(delivery, { title: 'WebhookDelivery' });
export const WebhookDeliveryWithPayload = Type.Object(
  { ...delivery, payload: AnyJson({ description: 'What was sent: type, timestamp, data' }) },
  { title: 'WebhookDeliveryWithPayload' },
);

export const DeliveryPath = Type.Object({ delivery_id: Uuid({ description: 'Id of the try' }) });

export interface DeliveryRow {
  id: string;
  messageId: string;
  flowExecutionId: string;
  taskExecutionId: string;
  taskName: string;
  url: string;
  try: number;
  status: 'delivered' | 'failed';
  responseStatus: number | null;
  responseExcerpt: string | null;
  error: string | null;
  durationMs: number;
  redelivery: boolean;
  triggeredBy: string;
  createdAt: Date;
}

export const toDeliveryWire = (row: DeliveryRow): Static<typeof WebhookDelivery> => ({
  id: row.id,
  message_id: row.messageId,
  flow_execution_id: row.flowExecutionId,
  task_execution_id: row.taskExecutionId,
  task_name: row.taskName,
  url: row.url,
  try: row.try,
  status: row.status,
  response_status: row.responseStatus,
  response_excerpt: row.responseExcerpt,
  error: row.error,
  duration_ms: row.durationMs,
  redelivery: row.redelivery,
  triggered_by: row.triggeredBy,
  created_at: toWireTime(row.createdAt),
});
