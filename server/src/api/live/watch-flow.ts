import type { WebSocket } from '@fastify/websocket';
import type { FastifyRequest } from 'fastify';
import { badRequest, FlowError, forbidden, parseId, unauthorized } from '#base';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import type { OutputSources } from '../task-outputs/read-task-outputs.ts';
import { type Admission, admit, admitAgain } from './admit.ts';
import { CLOSE } from './change.wire.ts';
import { FlowFeed } from './flow-feed.ts';
import { parseLastEventId } from './replay-place.ts';
import { socketChannel } from './socket-channel.ts';
import {
  type Credentials,
  credentialsOfMessage,
  findSocketCredentials,
  isOriginAllowed,
  isYes,
  parseSocketMessage,
  prove,
} from './socket-credentials.ts';

const AUTH_DEADLINE_MS = 5_000; // core.md G4
const PING_MS = 30_000; // under the idle limit of common proxies; also how long a withdrawn right lives on

interface Handshake {
  params: { flow_id: string };
  query: { token?: string; ticket?: string; summary?: string; flow_execution_id?: string; last_event_id?: string };
}

/**
 * WebSocket /ws/flows/{flow_id}, and under /api: every change of the flow's runs, tasks and outputs, as it is committed (core.md G4).
 * The socket proves itself by header, subprotocol, ?ticket=, ?token= or its first message; 4401, 4403 and 4404 say why it is closed.
 */
export function watchFlow(app: FlowApp, deps: ApiDeps, sources: OutputSources): void {
  const refuseForeignPages = async (request: FastifyRequest) => {
    const allowed = { host: request.headers.host, publicUrl: deps.publicUrl(), corsOrigins: deps.config.corsOrigins };
    if (!isOriginAllowed(request.headers.origin, allowed)) throw forbidden('Pages of this origin may not connect');
  };
  app.addHook('onRequest', async (request) => {
    // elsewhere the plugin itself would answer, and log the address with the token in it
    if (request.ws && request.routeOptions.config.operation !== 'open_flow_socket') throw badRequest('There is no socket at this path');
  });
  for (const url of ['/ws/flows/:flow_id', '/api/ws/flows/:flow_id']) {
    app.get<{ Params: Handshake['params']; Querystring: Handshake['query'] }>(
      url,
      { websocket: true, config: { operation: 'open_flow_socket' }, onRequest: refuseForeignPages },
      (socket, request) => void serve(deps, sources, socket, request),
    );
  }
}

type SocketRequest = Pick<FastifyRequest, 'headers'> & Handshake;

/** From the handshake to the close. Listens from the first moment: what a client sends at once must not be lost. */
async function serve(deps: ApiDeps, sources: OutputSources, socket: WebSocket, request: SocketRequest): Promise<void> {
  const first = firstCredentials(socket, request);
  try {
    const credentials = await first;
    const { flow_execution_id: flowExecutionId, last_event_id: lastEventId, summary } = request.query;
    const principal = await prove(deps.access, credentials);
    const admission = await admit(deps, principal, { flowId: request.params.flow_id, flowExecutionId });
    if (socket.readyState !== socket.OPEN) return;
    const feed = new FlowFeed(socketChannel(socket), { ...deps, sources }, { ...admission, wantsSummaries: isYes(summary) });
    socket.once('close', () => feed.close());
    socket.on('message', (data: Buffer) => {
      const message = parseSocketMessage(String(data));
      if (message?.['type'] !== 'subscribe' || message['channel'] !== 'summary') return;
      feed.watchSummaries();
      feed.acknowledge();
    });
    feed.begin(parseLastEventId(lastEventId), lastEventId);
    keepAdmitted(deps, socket, credentials, admission);
  } catch (error) {
    refuse(deps, socket, error, request.params.flow_id);
  }
}

/** Those of the handshake, or of the first message within the deadline. Rejects with unauthorized. */
function firstCredentials(socket: WebSocket, request: SocketRequest): Promise<Credentials> {
  const found = findSocketCredentials(request.headers, request.query);
  if (found) return Promise.resolve(found);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(unauthorized('missing')), AUTH_DEADLINE_MS);
    socket.once('close', () => clearTimeout(timer));
    socket.once('message', (data: Buffer) => {
      clearTimeout(timer);
      const credentials = credentialsOfMessage(parseSocketMessage(String(data)));
      if (credentials) resolve(credentials);
      else reject(unauthorized('missing'));
    });
  });
}

/** Pings, and asks anew whether the socket may still be here. Ends with the socket. */
function keepAdmitted(deps: ApiDeps, socket: WebSocket, credentials: Credentials, admission: Admission): void {
  let isAlive = true;
  const timer = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
    admitAgain(deps, credentials, admission).catch((error) => refuse(deps, socket, error, admission.flowId));
  }, PING_MS);
  socket.on('pong', () => {
    isAlive = true;
  });
  socket.once('close', () => clearInterval(timer));
}

const CODES: Partial<Record<number, number>> = { 401: CLOSE.unauthorized, 403: CLOSE.forbidden, 404: CLOSE.notFound };

function refuse(deps: ApiDeps, socket: WebSocket, error: unknown, flowId: string): void {
  const code = error instanceof FlowError ? CODES[error.status] : undefined;
  if (code === undefined) deps.log.warn({ err: error, flow_id: parseId(flowId) }, 'a socket could not be served');
  socket.close(code ?? CLOSE.tryAgainLater, error instanceof FlowError ? error.message.slice(0, 100) : 'Try again');
}
