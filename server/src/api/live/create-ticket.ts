import { Type } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses } from '../wire/index.ts';

const TicketResponse = Type.Object(
  {
    ticket: Type.String({ description: 'For ?ticket= of a socket or a stream of events; shown once' }),
    expires_in_seconds: Type.Integer(),
  },
  { title: 'TicketResponse' },
);

/**
 * POST /api/ws/tickets: what a page opens its socket or stream with, since it can set no header there and a token in an address would be
 * logged. One use, 30 seconds; it carries the rights that the caller has when it is used.
 */
export function createTicket(app: FlowApp, deps: ApiDeps): void {
  app.post(
    '/api/ws/tickets',
    {
      config: { operation: 'create_ticket' },
      schema: {
        tags: ['auth'],
        summary: 'Make a ticket for a socket or a stream',
        response: { 200: TicketResponse, ...errorResponses(401, 403, 429, 500, 503) },
      },
    },
    async (request, reply) => {
      const { ticket, expiresInSeconds } = await deps.access.createTicket(request.principal);
      reply.header('Cache-Control', 'no-store');
      return { ticket, expires_in_seconds: expiresInSeconds };
    },
  );
}
