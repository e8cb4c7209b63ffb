import { createHash } from 'node:crypto';
import { Type } from 'typebox';
import type { Json, JsonObject, JsonSchema } from '#base';
import { type DeliveryResult, deliverWebhook, type WebhookMessage } from '#connectors';
import { parseDuration } from '#language';
import { parametersOf } from '../check-parameters.ts';
import type { Executor, ExecutorContext, Outcome } from '../contract.ts';
import { aborted, comeBackLater, failed, outcomeOfError } from '../outcomes.ts';

const DEFAULT_TIMEOUT_MS = 15_000; // what Standard Webhooks asks a sender to wait at least
const MAX_TIMEOUT_MS = 60_000;
const MAX_PAYLOAD_BYTES = 1024 * 1024;

const parametersSchema = Type.Object(
  {
    url: Type.String({
      minLength: 1,
      maxLength: 4096,
      format: 'http-url',
      description: 'Where messages go: a public address, unless the operator allows its network. No redirect is followed.',
    }),
    type: Type.String({
      minLength: 1,
      maxLength: 200,
      pattern: '^[A-Za-z0-9_]+([.-][A-Za-z0-9_]+)*$',
      description: 'What happened, in words joined by dots: invoice.read.',
    }),
    data: Type.Optional(Type.Unknown({ description: 'What the receiver is to know of it: any value.' })),
    secrets: Type.Array(Type.String({ minLength: 1, maxLength: 1024, 'x-secret': true }), {
      minItems: 1,
      maxItems: 5,
      description: 'Signing secrets, {{secrets.NAME}}: whsec_ and 24 to 64 bytes of base64. Two while a receiver changes over: each signs.',
    }),
    headers: Type.Optional(
      Type.Record(Type.String(), Type.String({ maxLength: 8192, 'x-secret': true }), {
        maxProperties: 50,
        description: 'Further headers. Values may be {{secrets.NAME}}.',
      }),
    ),
    timeout: Type.Optional(
      Type.Union([Type.String({ maxLength: 20 }), Type.Number()], { description: 'Of one try, such as 10s; default 15s, at most 1m.' }),
    ),
  },
  { additionalProperties: false },
);
const check = parametersOf(parametersSchema);

const outputSchema: JsonSchema = {
  type: 'object',
  properties: {
    message_id: { type: 'string', description: 'The webhook-id: the same for every try.' },
    response_status: { type: 'integer', minimum: 200, maximum: 299 },
    duration_ms: { type: 'integer', minimum: 0 },
  },
  required: ['message_id', 'response_status', 'duration_ms'],
  additionalProperties: false,
};

/** One message a task execution and generation, however often it is tried. */
const messageIdOf = (idempotencyKey: string): string =>
  `msg_${createHash('sha256').update(idempotencyKey).digest('base64url').slice(0, 27)}`;

/** Of its first try too: a repeated message is the same to the byte. */
const payloadOf = (type: string, data: unknown, { firstStartedAt }: ExecutorContext): string =>
  JSON.stringify({ type, timestamp: firstStartedAt.toISOString(), data: (data ?? null) as Json });

async function run(raw: JsonObject, context: ExecutorContext): Promise<Outcome> {
  if (context.signal.aborted) return aborted();
  const checked = check(raw);
  if ('outcome' in checked) return checked.outcome;
  const { url, type, data, secrets, headers, timeout } = checked.value;
  const timeoutMs = timeout === undefined ? DEFAULT_TIMEOUT_MS : parseDuration(timeout);
  if (timeoutMs === undefined || timeoutMs <= 0 || timeoutMs > MAX_TIMEOUT_MS)
    return failed('invalid_parameters', 'timeout is a duration of at most 1m, such as 10s.');
  const payload = payloadOf(type, data, context);
  if (Buffer.byteLength(payload) > MAX_PAYLOAD_BYTES)
    return failed('payload_too_large', `A message has at most ${MAX_PAYLOAD_BYTES} bytes: send a reference to what is large.`);
  const message = { url, id: messageIdOf(context.idempotencyKey), payload, secrets, ...(headers === undefined ? {} : { headers }) };
  return deliver(message, context, timeoutMs);
}

async function deliver(message: WebhookMessage, context: ExecutorContext, timeoutMs: number): Promise<Outcome> {
  try {
    const result = await deliverWebhook(context.callOut, message, { signal: context.signal, timeoutMs });
    if (result.error?.code === 'endpoint_busy') return comeBackLater(context, null);
    await record(message, result, context);
    return outcomeOf(message, result);
  } catch (error) {
    return outcomeOfError(error, context.signal);
  }
}

const record = ({ id, url, payload }: WebhookMessage, result: DeliveryResult, { deliveries }: ExecutorContext): Promise<void> =>
  deliveries.record({
    messageId: id,
    url,
    payload,
    status: result.status,
    responseStatus: result.responseStatus ?? null,
    responseExcerpt: result.responseExcerpt ?? null,
    error: result.error?.message ?? null,
    durationMs: result.durationMs,
  });

function outcomeOf({ id }: WebhookMessage, { error, responseStatus, responseExcerpt, retryAfterMs, durationMs }: DeliveryResult): Outcome {
  if (error === undefined)
    return {
      status: 'completed',
      output: { message_id: id, response_status: responseStatus ?? 200, duration_ms: durationMs },
      summary: { response_status: responseStatus ?? 200 },
    };
  const details = { message_id: id, response_status: responseStatus ?? null, response: responseExcerpt ?? null };
  return failed(error.code, error.message, { retryable: error.retryable, retryAfterMs, details });
}

/** Tells a receiver what happened, signed by Standard Webhooks. Every try is on record and can be repeated by hand. */
export const webhookNotification: Executor = {
  name: 'webhook_notification',
  title: 'Webhook Notification',
  description: 'Sends a signed message (Standard Webhooks) to a URL, tries again where it is not taken, and keeps a record of every try.',
  agentPrompt:
    'Use it to tell another system that something happened in a run. Set url, type (such as invoice.read), data (what the receiver is to know) and secrets ' +
    '(["{{secrets.NAME}}"], whsec_... values; two during a rotation). The receiver gets {type, timestamp, data} with the headers webhook-id, webhook-timestamp and webhook-signature. ' +
    'Any 2xx delivers it; other answers and network errors are tried again by the task’s retry (give it more attempts than the default three), but 410 is not. ' +
    'It answers message_id and response_status. To read an answer, use http_request.',
  isInput: false,
  isSchedulable: false,
  parametersSchema: { ...parametersSchema },
  flowInputSchema: null,
  outputSchema: () => outputSchema,
  defaultReferenceMode: 'single',
  pure: false,
  defaultTimeoutMs: 90_000,
  example: {
    definition: [
      'name: Tell the archive',
      'tasks:',
      '  - name: receive',
      '    task_executor_name: receive_file',
      '    parameters: {}',
      '  - name: notify',
      '    task_executor_name: webhook_notification',
      '    retry: { max_attempts: 8, initial_interval: 5s, backoff: 4, max_interval: 6h }',
      '    parameters:',
      '      url: https://hooks.example.com/flow',
      '      type: document.received',
      '      data: { filename: "{{receive.filename}}", execution: "{{execution.id}}" }',
      '      secrets: ["{{secrets.ARCHIVE_WEBHOOK_SECRET}}"]',
      '',
    ].join('\n'),
    input: { file_key: 'documents/report.pdf' },
    origin: 'https://hooks.example.com',
  },
  run,
};
