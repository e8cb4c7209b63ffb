import type { IncomingHttpHeaders } from 'node:http';
import type { WebSocket } from '@fastify/websocket';
import type { FastifyRequest } from 'fastify';
import type { Principal } from '#access';
import { badRequest, FlowError, forbidden, type Id, notFound, parseId, unauthorized } from '#base';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { getVisibleFlowId } from '../flows/flow.queries.ts';
import { isPermitted } from '../permissions.ts';
import type { OutputSources } from '../task-outputs/read-task-outputs.ts';
import { CLOSE } from './change.wire.ts';
import { FlowSocket } from './flow-socket.ts';
import { credentialsOfMessage, findSocketCredentials, isOriginAllowed, parseSocketMessage } from './socket-credentials.ts';

const AUTH_DEADLINE_MS = 5_000; // core.md G4
const PING_MS = 30_000; // under the idle limit of common proxies; also how long a withdrawn right lives on

interface Handshake {
  params: { flow_id: string };
  query: { token?: string; summary?: string };
}

/**
 * WebSocket /ws/flows/{flow_id}, and under /api: every change of the flow's runs, tasks and outputs, as it is committed (core.md G4).
 * The socket proves itself by header, subprotocol, ?token= or its first message; 4401, 4403 and 4404 say why it is closed.
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
    const { principal, flowId } = await admit(deps, credentials, request.params.flow_id);
    if (socket.readyState !== socket.OPEN) return;
    const wantsSummaries = /^(true|1|yes|on)$/i.test(request.query.summary ?? '');
    const subscriber = new FlowSocket(
      socket,
      { events: deps.events, tenant: deps.tenant, sources, log: deps.log },
      { principal, flowId, wantsSummaries },
    );
    socket.on('message', (data: Buffer) => {
      const message = parseSocketMessage(String(data));
      if (message?.['type'] === 'subscribe' && message['channel'] === 'summary') {
        subscriber.watchSummaries();
        acknowledge(socket, flowId, true);
      }
    });
    acknowledge(socket, flowId, wantsSummaries);
    keepAdmitted(deps, socket, { credentials, principal, flowId });
  } catch (error) {
    refuse(deps, socket, error);
  }
}

const acknowledge = (socket: WebSocket, flowId: Id, summary: boolean) =>
  socket.send(JSON.stringify({ type: 'subscribed', flow_id: flowId, summary }));

/** Those of the handshake, or of the first message within the deadline. Rejects with unauthorized. */
function firstCredentials(socket: WebSocket, request: SocketRequest): Promise<IncomingHttpHeaders> {
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

/** Who it is, whether it may watch at all, and whether it sees the flow. Throws unauthorized, forbidden or not_found. */
async function admit(deps: ApiDeps, credentials: IncomingHttpHeaders, sentId: string): Promise<{ principal: Principal; flowId: Id }> {
  const principal = await deps.access.authenticate(credentials);
  if (!isPermitted(principal, 'watch_flow')) throw forbidden(`The role ${principal.role} may not watch flows`);
  const id = parseId(sentId);
  if (id === undefined) throw notFound('Flow');
  const scope = { organizationId: principal.organizationId, principalId: principal.id, role: principal.role };
  const flowId = await deps.tenant.transaction(scope, (tx) => getVisibleFlowId(tx, principal, id), { readOnly: true });
  return { principal, flowId };
}

/** Pings, and asks anew whether the socket may still be here: a token expires, a role or the flow goes. Ends with the socket. */
function keepAdmitted(
  deps: ApiDeps,
  socket: WebSocket,
  admitted: { credentials: IncomingHttpHeaders; principal: Principal; flowId: Id },
): void {
  let isAlive = true;
  const check = async () => {
    const { principal } = await admit(deps, admitted.credentials, admitted.flowId);
    if (principal.role !== admitted.principal.role) throw forbidden('The role has changed; connect again');
  };
  const timer = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
    check().catch((error) => refuse(deps, socket, error));
  }, PING_MS);
  socket.on('pong', () => {
    isAlive = true;
  });
  socket.once('close', () => clearInterval(timer));
}

const CODES: Partial<Record<number, number>> = { 401: CLOSE.unauthorized, 403: CLOSE.forbidden, 404: CLOSE.notFound };

function refuse(deps: ApiDeps, socket: WebSocket, error: unknown): void {
  const code = error instanceof FlowError ? CODES[error.status] : undefined;
  if (code === undefined) deps.log.warn({ err: error }, 'a socket could not be served');
  socket.close(code ?? CLOSE.tryAgainLater, error instanceof FlowError ? error.message.slice(0, 100) : 'Try again');
}
