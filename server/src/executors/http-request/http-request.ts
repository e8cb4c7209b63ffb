import { EgressError, type JsonObject, type JsonSchema, retryAfterMs } from '#base';
import { parametersOf } from '../check-parameters.ts';
import type { Executor, ExecutorContext, Outcome } from '../contract.ts';
import { aborted, comeBackLater, failed, outcomeOfError } from '../outcomes.ts';
import { buildRequest } from './build-request.ts';
import { type HttpParameters, parametersSchema } from './http-parameters.ts';
import { readResponse } from './read-response.ts';

const check = parametersOf(parametersSchema);

const FILE_SCHEMA = {
  type: 'object',
  properties: {
    document_url: { type: 'string', description: 'gs:// URI, for doc_to_text and others.' },
    filename: { type: 'string' },
    mime_type: { type: 'string' },
    size_bytes: { type: 'integer', minimum: 0 },
  },
  required: ['document_url', 'filename', 'mime_type', 'size_bytes'],
  additionalProperties: false,
};

/** `json` may hold anything; `text` is text; `file` is a file; `auto` may be each of them. */
function outputSchema(parameters: JsonObject): JsonSchema {
  const mode = parameters['response'] ?? 'auto';
  const body = mode === 'text' ? { type: 'string' } : mode === 'file' ? { type: 'null' } : {};
  const file = mode === 'file' ? FILE_SCHEMA : mode === 'auto' ? { ...FILE_SCHEMA, type: ['object', 'null'] } : { type: 'null' };
  return {
    type: 'object',
    properties: {
      status: { type: 'integer', minimum: 200, maximum: 599 },
      headers: { type: 'object', additionalProperties: { type: 'string' }, description: 'By name in lower case, without cookies.' },
      body: { ...body, description: 'JSON or text; null where a file was stored.' },
      file,
      url: { type: 'string', description: 'Where the answer came from, after redirects.' },
      duration_ms: { type: 'integer', minimum: 0 },
    },
    required: ['status', 'headers', 'body', 'file', 'url', 'duration_ms'],
    additionalProperties: false,
  };
}

const MAX_DETAIL = 2000;
const RETRYABLE_STATUSES = new Set([408, 425, 429]);

const isExpected = (status: number, expected: HttpParameters['expected_statuses'] = ['2xx']): boolean =>
  expected.some((each) => each === status || each === `${Math.floor(status / 100)}xx`);

/** Cookies are credentials of the server's, and nobody sends them back. */
const headersOf = (response: Response): Record<string, string> =>
  Object.fromEntries([...response.headers].filter(([name]) => !name.startsWith('set-cookie')));

async function unexpected(response: Response): Promise<Outcome> {
  const { status } = response;
  const body = await response.text().catch(() => '');
  return failed('http_error', `The server answered ${status}.`, {
    retryable: status >= 500 || RETRYABLE_STATUSES.has(status),
    retryAfterMs: retryAfterMs(response.headers.get('retry-after')),
    details: { status, body: body.slice(0, MAX_DETAIL) },
  });
}

async function run(raw: JsonObject, context: ExecutorContext): Promise<Outcome> {
  if (context.signal.aborted) return aborted();
  const checked = check(raw);
  if ('outcome' in checked) return checked.outcome;
  const built = buildRequest(checked.value, context.idempotencyKey);
  if ('outcome' in built) return built.outcome;
  const startedAt = performance.now();
  try {
    const response = await context.callOut(built.url, { ...built.init, signal: context.signal });
    if (!isExpected(response.status, checked.value.expected_statuses)) return await unexpected(response);
    const read = await readResponse(response, checked.value.response ?? 'auto', context);
    if ('outcome' in read) return read.outcome;
    const answer = { status: response.status, headers: headersOf(response), ...read, url: response.url || built.url };
    const durationMs = Math.round(performance.now() - startedAt);
    return { status: 'completed', output: { ...answer, duration_ms: durationMs }, summary: { status: response.status } };
  } catch (error) {
    if (error instanceof EgressError && error.code === 'endpoint_busy' && !context.signal.aborted) return comeBackLater(context, null);
    return outcomeOfError(error, context.signal);
  }
}

/** Calls an HTTP API. It leaves by the platform's one way out, so a URL that a document brought in reaches public servers at most. */
export const httpRequest: Executor = {
  name: 'http_request',
  title: 'HTTP Request',
  description: 'Calls an HTTP API with secrets that stay sealed, and gives its answer as JSON, text or a stored file.',
  agentPrompt:
    'Use it to read from or write to another system by HTTP. Set url and method; put values into query, headers, and one of json, form and text. ' +
    'Credentials go into auth or headers as {{secrets.NAME}}, never as plain text. It answers status, headers, body (JSON or text), file (document_url, filename, mime_type, size_bytes) ' +
    'and url. Set response: file to fetch a document for doc_to_text as {{<task>.file.document_url}}. Another status than 2xx fails the task unless expected_statuses names it; ' +
    '408, 425, 429, 5xx and network errors are tried again by the task’s retry. To tell a receiver of an event, use webhook_notification.',
  isInput: false,
  isSchedulable: false,
  parametersSchema: { ...parametersSchema },
  flowInputSchema: null,
  outputSchema,
  defaultReferenceMode: 'single',
  pure: false,
  defaultTimeoutMs: 330_000,
  example: {
    definition: [
      'name: Look up a supplier',
      'tasks:',
      '  - name: receive',
      '    task_executor_name: receive_file',
      '    parameters: {}',
      '  - name: supplier',
      '    task_executor_name: http_request',
      '    retry: { max_attempts: 5, initial_interval: 2s, backoff: 2 }',
      '    parameters:',
      '      method: POST',
      '      url: https://api.example.com/suppliers/search',
      '      auth: { type: bearer, token: "{{secrets.SUPPLIER_API_TOKEN}}" }',
      '      json: { document: "{{receive.filename}}" }',
      '      response: json',
      '',
    ].join('\n'),
    input: { file_key: 'documents/report.pdf' },
    origin: 'https://api.example.com',
  },
  run,
};
