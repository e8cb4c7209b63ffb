// HTTP as a load generator needs it: requests that were written out beforehand, one at a time on a connection that stays open, answers read to
// their end. A general client costs more than the server under test, and both share the cores.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface HttpAnswer {
  status: number;
  body: string;
}

export interface HttpRequest {
  method: 'GET' | 'POST';
  path: string;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
}

export interface HttpConnection {
  /** Throws where the connection ends before the answer does, or after ANSWER_MS. */
  ask(request: Buffer): Promise<HttpAnswer>;
  close(): void;
}

const ANSWER_MS = 180_000;
const HEAD_END = '\r\n\r\n';

/** The bytes of a request to the server at `url`. */
export function writeRequest(url: string, { method, path, headers = {}, body }: HttpRequest): Buffer {
  const text = body === undefined ? '' : JSON.stringify(body);
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `Host: ${new URL(url).host}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined ? [] : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(text)}`]),
  ];
  return Buffer.from(`${lines.join('\r\n')}${HEAD_END}${text}`);
}

export async function openConnection(url: string): Promise<HttpConnection> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  let waiting: PromiseWithResolvers<HttpAnswer> | undefined;
  let read: Buffer = Buffer.alloc(0);
  const end = (error: Error) => {
    waiting?.reject(error);
    waiting = undefined;
    socket.destroy();
  };
  socket.on('data', (chunk: Buffer) => {
    read = read.length === 0 ? chunk : Buffer.concat([read, chunk]);
    const answer = readAnswer(read);
    if (!answer) return;
    read = Buffer.alloc(0);
    waiting?.resolve(answer);
    waiting = undefined;
  });
  socket.on('error', end);
  socket.on('close', () => end(new Error('The server closed the connection before it answered')));
  socket.setTimeout(ANSWER_MS, () => waiting && end(new Error(`No answer within ${ANSWER_MS / 1000} s`)));
  return {
    ask(request) {
      waiting = Promise.withResolvers();
      socket.write(request);
      return waiting.promise;
    },
    close: () => closeQuietly(socket),
  };
}

function closeQuietly(socket: Socket): void {
  socket.removeAllListeners('close');
  socket.destroy();
}

/** Undefined while some of it is still to come. */
function readAnswer(read: Buffer): HttpAnswer | undefined {
  const headEnd = read.indexOf(HEAD_END);
  if (headEnd < 0) return undefined;
  const head = read.toString('latin1', 0, headEnd).toLowerCase();
  const status = Number(head.slice('http/1.1 '.length, 'http/1.1 200'.length));
  const rest = read.subarray(headEnd + HEAD_END.length);
  const length = /\r\ncontent-length: *(\d+)/.exec(head)?.[1];
  if (length !== undefined) return rest.length < Number(length) ? undefined : { status, body: rest.toString('utf8', 0, Number(length)) };
  if (!/\r\ntransfer-encoding: *chunked/.test(head)) return { status, body: '' };
  return rest.subarray(-5).toString('latin1') === '0\r\n\r\n' ? { status, body: joinChunks(rest) } : undefined;
}

function joinChunks(rest: Buffer): string {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = rest.indexOf('\r\n', at);
    const size = Number.parseInt(rest.toString('latin1', at, lineEnd), 16);
    if (!(size > 0)) return Buffer.concat(parts).toString('utf8');
    parts.push(rest.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}

export interface HttpLoad {
  /** Answered in all. */
  count: number;
  latenciesMs: number[];
}

/**
 * A closed loop: each of `connections` sends its next request when the last one is answered, until `total` are. `request` writes the one with
 * this number for this connection. Throws where an answer is not what `isRight` says.
 */
export async function loadInClosedLoop(
  url: string,
  options: {
    connections: number;
    total: number;
    request: (connection: number, number: number) => Buffer;
    isRight: (answer: HttpAnswer) => boolean;
  },
): Promise<HttpLoad> {
  const opened = await Promise.all(Array.from({ length: options.connections }, () => openConnection(url)));
  const latenciesMs: number[] = [];
  let sent = 0;
  const run = async (connection: HttpConnection, index: number) => {
    while (sent < options.total) {
      const startedAt = performance.now();
      const answer = await connection.ask(options.request(index, sent++));
      if (!options.isRight(answer)) throw new Error(`A wrong answer: ${answer.status} ${answer.body.slice(0, 500)}`);
      latenciesMs.push(performance.now() - startedAt);
    }
  };
  try {
    await Promise.all(opened.map(run));
  } finally {
    for (const connection of opened) connection.close();
  }
  return { count: latenciesMs.length, latenciesMs };
}
