import createClient, { type Client } from 'openapi-fetch';
import type { paths } from './api.ts';
import { readError } from './api-error.ts';
import { type Fetch, patientFetch } from './patient-fetch.ts';

export interface FlowClientOptions {
  /** Where the server is, such as `http://127.0.0.1:8080`. */
  baseUrl: string;
  /** An API key (`saf_...`) or an access token. */
  apiKey: string;
  /** Ends every call of this client. */
  signal?: AbortSignal;
  /** Of one call; 60 s by default. */
  timeoutMs?: number;
  /** Instead of the global one. */
  fetch?: Fetch;
}

export interface FlowClient {
  baseUrl: string;
  /** Every operation, typed: `client.api.GET('/api/flows/{flow_id}', { params: { path: { flow_id } } })`. Throws ApiError. */
  api: Client<paths>;
  /** A call whose body or answer is no JSON. `path` is below `baseUrl`, or a URL of its own, which then gets no credentials. Throws ApiError. */
  send(
    method: string,
    path: string,
    options?: { headers?: Record<string, string>; body?: string | Uint8Array<ArrayBuffer> },
  ): Promise<Response>;
}

const TIMEOUT_MS = 60_000; // an upload of 100 MB on a slow line; everything else answers within a second

/** The API as a program uses it: a base URL and a key. */
export function createFlowClient(options: FlowClientOptions): FlowClient {
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  const authorization = { Authorization: `Bearer ${options.apiKey}` };
  const patient = patientFetch(options.fetch ?? ((request) => fetch(request)), options.timeoutMs ?? TIMEOUT_MS, options.signal);
  const checked: Fetch = async (request) => {
    const response = await patient(request);
    if (!response.ok) throw await readError(response);
    return response;
  };
  return {
    baseUrl,
    api: createClient<paths>({ baseUrl, headers: authorization, fetch: checked }),
    send(method, path, { headers = {}, body } = {}) {
      const isOurs = path.startsWith('/');
      const init = { method, headers: isOurs ? { ...authorization, ...headers } : headers, ...(body === undefined ? {} : { body }) };
      return checked(new Request(isOurs ? baseUrl + path : path, init));
    },
  };
}

/** The data of an answer: `await dataOf(client.api.GET(...))`. A call that failed has thrown before. */
export async function dataOf<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}
