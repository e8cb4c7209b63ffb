import { Type } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses } from '../wire/index.ts';
import { ClaimedExternalTask, LeaseSeconds, toClaimedWire } from './external-task.wire.ts';
import { waitForTasks, whileConnected } from './wait-for-tasks.ts';

const ClaimRequest = Type.Object(
  {
    topics: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
      minItems: 1,
      maxItems: 100,
      description: 'What the worker can do',
    }),
    max: Type.Integer({ minimum: 1, maximum: 100, default: 1, description: 'How many tasks at most' }),
    wait_seconds: Type.Integer({ minimum: 0, maximum: 30, default: 0, description: 'How long to wait for a task where there is none' }),
    lease_seconds: LeaseSeconds,
  },
  { title: 'ExternalTaskClaimRequest', additionalProperties: false },
);

/**
 * POST /api/external-tasks/claim: hands out tasks of the caller's organization that wait under the topics, oldest first, each under a lease of its own
 * (DESIGN.md, A run 9). Where there is none it waits for one; an empty list is no fault. A lease that nobody hears of, since the connection broke, ends by itself.
 */
export function claimExternalTasks(app: FlowApp, deps: ApiDeps): void {
  const closing = new AbortController(); // a drain does not wait for those who wait
  app.addHook('preClose', async () => closing.abort());
  app.post(
    '/api/external-tasks/claim',
    {
      config: { operation: 'claim_external_tasks' },
      schema: {
        tags: ['external-tasks'],
        summary: 'Claim tasks for a worker outside',
        body: ClaimRequest,
        response: {
          200: Type.Object({ tasks: Type.Array(ClaimedExternalTask) }, { title: 'ExternalTaskClaim' }),
          ...errorResponses(400, 401, 403, 422, 500),
        },
      },
    },
    async (request, reply) => {
      const { topics, max, wait_seconds: waitSeconds, lease_seconds: leaseSeconds } = request.body;
      const { organizationId } = request.principal;
      const connection = whileConnected(request);
      const signal = AbortSignal.any([connection.signal, closing.signal]);
      try {
        const waiting = { events: deps.events, organizationId, timeoutMs: waitSeconds * 1000, signal };
        const tasks = await waitForTasks(waiting, () =>
          deps.engine.leaseTasks(organizationId, { topics, max, leaseMs: leaseSeconds * 1000 }),
        );
        if (closing.signal.aborted) reply.header('Connection', 'close'); // kept alive, it would hold up the end of the server
        return { tasks: tasks.map(toClaimedWire) };
      } finally {
        connection.done();
      }
    },
  );
}
