import { type Log, newId } from '#base';
import type { EngineDatabase } from '#db';
import type { ClaimedTask } from '#engine';
import type { TaskDeliveries, TaskDelivery } from '#executors';
import type { Metrics } from '#telemetry';
import { aboutTask } from './about-task.ts';

const INSERT = `insert into webhook_deliveries (organization_id, id, message_id, flow_execution_id, task_execution_id, task_name, url, payload, try, status,
    response_status, response_excerpt, error, duration_ms)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`;

const MAX_TEXT = 2000; // as the columns

/** The record of what one task has sent, in its organization. A try counts what failed and what was lost before it, not how often it had to wait. */
export function createTaskDeliveries(options: {
  db: EngineDatabase;
  task: ClaimedTask;
  log: Log;
  metrics?: Metrics | undefined;
}): TaskDeliveries {
  const { db, task, log, metrics } = options;
  const { execution, planned } = task;
  const place = (delivery: TaskDelivery) => [execution.organizationId, newId(), delivery.messageId, execution.id, task.id, planned.name];
  return {
    async record(delivery) {
      metrics?.webhookDeliveries.inc({ status: delivery.status });
      const { url, payload, status, responseStatus, durationMs } = delivery;
      const texts = [delivery.responseExcerpt, delivery.error].map((text) => text?.slice(0, MAX_TEXT) ?? null);
      const said = [url, payload, task.tries + task.losses + 1, status, responseStatus, ...texts, durationMs];
      try {
        await db.query('webhook-delivery-insert', INSERT, [...place(delivery), ...said]);
      } catch (error) {
        log.error({ err: error, ...aboutTask(task) }, 'a delivery could not be recorded');
      }
    },
  };
}
