import { Type } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import type { OutputSources } from '../task-outputs/read-task-outputs.ts';
import { errorResponses, Uuid } from '../wire/index.ts';
import { admit, admitAgain } from './admit.ts';
import { FlowEvent } from './change.wire.ts';
import { type EventStream, openEventStream } from './event-stream.ts';
import { FlowFeed } from './flow-feed.ts';
import { parseLastEventId } from './replay-place.ts';
import { findSocketCredentials, isYes } from './socket-credentials.ts';

const PING_MS = 15_000; // under the idle limit of every proxy we know; also how long a withdrawn right lives on

const query = {
  flow_execution_id: Type.Optional(Uuid({ description: 'Only what happens in this run' })),
  summary: Type.Optional(Type.String({ description: 'true: with the summaries of tasks and outputs' })),
  last_event_id: Type.Optional(
    Type.String({ description: 'The id of the last message heard: what changed since is told first, for 5 minutes back' }),
  ),
  ticket: Type.Optional(Type.String({ description: 'Of POST /api/ws/tickets, where no header can be set' })),
  token: Type.Optional(Type.String({ description: 'An access token or API key; better a ticket, since proxies may log addresses' })),
};

/**
 * GET /api/flows/{flow_id}/events: the messages of the flow's socket (core.md G4) as Server-Sent Events. Ends when the caller's right does,
 * and when the reader does not read; a browser then comes back by itself.
 */
export function watchFlowEvents(app: FlowApp, deps: ApiDeps, sources: OutputSources): void {
  const open = new Set<EventStream>();
  app.addHook('preClose', async () => {
    for (const stream of open) stream.end();
  });
  app.get(
    '/api/flows/:flow_id/events',
    {
      exposeHeadRoute: false, // a stream has no end to measure
      config: { operation: 'watch_flow', credentialsInQuery: true },
      schema: {
        tags: ['flows'],
        summary: 'Hear of changes as they happen',
        params: Type.Object({ flow_id: Uuid() }),
        querystring: Type.Object(query),
        headers: Type.Object({
          'last-event-id': Type.Optional(Type.String({ description: 'As last_event_id; browsers send it by themselves' })),
        }),
        response: {
          200: { description: 'One event a change, until either side ends it', content: { 'text/event-stream': { schema: FlowEvent } } },
          ...errorResponses(401, 403, 404, 422, 429, 500, 503),
        },
      },
    },
    async (request, reply) => {
      const { flow_execution_id: flowExecutionId, summary } = request.query;
      const lastEventId = request.headers['last-event-id'] || request.query.last_event_id; // a browser that comes back knows better than its address
      const admission = await admit(deps, request.principal, { flowId: request.params.flow_id, flowExecutionId });
      const credentials = findSocketCredentials(request.headers, request.query);
      const stream = openEventStream(reply);
      open.add(stream);
      const feed = new FlowFeed(stream, { ...deps, sources }, { ...admission, wantsSummaries: isYes(summary) });
      feed.begin(parseLastEventId(lastEventId), lastEventId);
      const timer = setInterval(() => {
        stream.ping(feed.restingPlace());
        if (credentials) admitAgain(deps, credentials, admission).catch(() => stream.end());
      }, PING_MS);
      stream.onClose(() => {
        clearInterval(timer);
        feed.close();
        open.delete(stream);
      });
    },
  );
}
