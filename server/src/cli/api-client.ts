import type { JsonObject } from '#base';

/** An answer of the API that is not a success: the envelope's code and message, ready to print. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: unknown;

  constructor(status: number, body: { error?: { message?: string; code?: string; details?: unknown }; request_id?: string }) {
    super(`${body.error?.message ?? `the server answered ${status}`}${body.request_id ? ` (request ${body.request_id})` : ''}`);
    this.name = 'ApiError';
    this.status = status;
    this.code = body.error?.code ?? 'unknown';
    this.details = body.error?.details;
  }
}

const REQUEST_TIMEOUT_MS = 60_000; // an upload of 100 MB on a slow line; everything else answers within a second

export interface ApiClient {
  baseUrl: string;
  /** Throws ApiError on an answer that is no success. */
  json<T = JsonObject>(method: string, path: string, body?: unknown): Promise<T>;
  /** The answer's text in another format. */
  text(method: string, path: string, accept: string): Promise<string>;
  /** Sends the text of a YAML definition. */
  yaml<T = JsonObject>(method: string, path: string, text: string): Promise<T>;
  /** Uploads a file for a flow; answers its gs:// URI and key. */
  upload(
    flowId: string,
    file: { bytes: Uint8Array<ArrayBuffer>; filename: string; contentType: string },
  ): Promise<{ uri: string; file_key: string }>;
}

/** The API as a program uses it: a base URL and a key. */
export function createApiClient(options: { baseUrl: string; apiKey: string; signal?: AbortSignal }): ApiClient {
  const send = async (
    method: string,
    url: string,
    headers: Record<string, string>,
    body?: string | Uint8Array<ArrayBuffer>,
  ): Promise<Response> => {
    const limit = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
    const response = await fetch(url, { method, headers, signal, ...(body === undefined ? {} : { body }) });
    if (response.ok) return response;
    const text = await response.text();
    throw new ApiError(response.status, parseOr(text, { error: { message: text.slice(0, 500) || response.statusText } }));
  };
  const authorized = { Authorization: `Bearer ${options.apiKey}` };
  const json = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const headers = body === undefined ? authorized : { ...authorized, 'Content-Type': 'application/json' };
    const response = await send(method, options.baseUrl + path, headers, body === undefined ? undefined : JSON.stringify(body));
    return (response.status === 204 ? {} : await response.json()) as T;
  };
  return {
    baseUrl: options.baseUrl,
    json,
    async text(method, path, accept) {
      return (await send(method, options.baseUrl + path, { ...authorized, Accept: accept })).text();
    },
    async yaml<T>(method: string, path: string, text: string): Promise<T> {
      const response = await send(method, options.baseUrl + path, { ...authorized, 'Content-Type': 'application/yaml' }, text);
      return (await response.json()) as T;
    },
    async upload(flowId, file) {
      const query = new URLSearchParams({ content_type: file.contentType, filename: file.filename });
      const target = await json<{ upload_url: string; uri: string; file_key: string }>('POST', `/api/flows/${flowId}/upload-url?${query}`);
      await send('PUT', target.upload_url, { 'Content-Type': file.contentType }, file.bytes);
      return { uri: target.uri, file_key: target.file_key };
    },
  };
}

function parseOr<T>(text: string, fallback: T): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    return fallback;
  }
}
