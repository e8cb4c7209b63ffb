/** An answer, read to its end. */
export interface TestResponse<Body = unknown> {
  status: number;
  headers: Headers;
  /** JSON where it is JSON, else the text; undefined where there is none. */
  body: Body;
}

export interface TestClient {
  /** The user's or service account's id; empty for nobody. */
  id: string;
  /** The access token or API key; empty for nobody. */
  token: string;
  headers: Record<string, string>;
  /** A plain fetch with this caller's credentials; `path` begins with a slash. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of a body, and is wrong where it is wrong
  send<Body = any>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<TestResponse<Body>>;
  get: Shorthand;
  post: BodyShorthand;
  put: BodyShorthand;
  patch: BodyShorthand;
  delete: BodyShorthand;
}

// biome-ignore lint/suspicious/noExplicitAny: as above
type Shorthand = <Body = any>(path: string, headers?: Record<string, string>) => Promise<TestResponse<Body>>;
// biome-ignore lint/suspicious/noExplicitAny: as above
type BodyShorthand = <Body = any>(path: string, body?: unknown, headers?: Record<string, string>) => Promise<TestResponse<Body>>;

const DEADLINE_MS = 30_000; // of one request: a hanging server fails its test, not the run

/** A client of the wire: a string body goes as it is (name its content type), anything else as JSON. */
export function createClient(
  url: string,
  headers: Record<string, string>,
  who: { id: string; token: string } = { id: '', token: '' },
): TestClient {
  const call: TestClient['fetch'] = (path, init = {}) =>
    fetch(`${url}${path}`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(DEADLINE_MS),
      ...init,
      headers: { ...headers, ...(init.headers as Record<string, string> | undefined) },
    });
  const send: TestClient['send'] = async (method, path, body, extra = {}) => {
    const isText = typeof body === 'string' || body instanceof Uint8Array;
    const type: Record<string, string> = body === undefined || isText ? {} : { 'Content-Type': 'application/json' };
    const sent = body === undefined ? undefined : isText ? (body as NonNullable<RequestInit['body']>) : JSON.stringify(body);
    const response = await call(path, { method, headers: { ...type, ...extra }, ...(sent === undefined ? {} : { body: sent }) });
    return { status: response.status, headers: response.headers, body: (await readBody(response)) as never };
  };
  const withBody =
    (method: string): BodyShorthand =>
    (path, body, extra) =>
      send(method, path, body, extra);
  return {
    ...who,
    headers,
    fetch: call,
    send,
    get: (path, extra) => send('GET', path, undefined, extra),
    post: withBody('POST'),
    put: withBody('PUT'),
    patch: withBody('PATCH'),
    delete: withBody('DELETE'),
  };
}

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return undefined;
  return response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text;
}
