import { badRequest, FlowError, notFound } from '#base';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses } from '../wire/index.ts';
import { QueueControlRequest, QueueResponse, toQueueWire } from './queue.wire.ts';
import { countDraining, modelExecutors, proveQueue, readQueues } from './read-queues.ts';

/**
 * PUT /api/admin/queues: pauses, resumes or limits one queue of the caller's organization, for all processes: when it answers, they obey. What runs goes on,
 * what is started is taken and waits. Idempotent; what the body leaves out stays. The answer says how much still drains.
 */
export function controlQueue(app: FlowApp, deps: ApiDeps): void {
  app.put(
    '/api/admin/queues',
    {
      config: { operation: 'control_queue' },
      schema: {
        tags: ['queues'],
        summary: 'Pause, resume or limit a queue',
        body: QueueControlRequest,
        response: { 200: QueueResponse, ...errorResponses(400, 401, 403, 404, 422, 500) },
      },
    },
    async (request) => {
      const { kind, name, paused: isPaused, max_concurrent: maxConcurrent, reason, cancel_running: cancelsRunning } = request.body;
      const { organizationId, modifiedBy } = request.principal;
      if (isPaused === undefined && maxConcurrent === undefined) throw badRequest('Give paused, max_concurrent, or both');
      if (cancelsRunning && isPaused !== true) throw badRequest('cancel_running goes with paused: true');
      if (cancelsRunning && kind === 'model')
        throw badRequest('Which runs ask this model is known only to their tasks; cancel them by flow or executor');
      await proveQueue(request, deps, { kind, name });
      if (kind === 'organization' && maxConcurrent !== undefined)
        throw new FlowError(
          'forbidden',
          "How many runs an organization may have at once is for the platform's operator to say (flow admin limit)",
        );
      const target = { organizationId, kind, name };
      const change = {
        ...(isPaused === undefined ? {} : { isPaused }),
        ...(maxConcurrent === undefined ? {} : { maxConcurrent }),
        ...(reason === undefined ? {} : { reason }),
      };
      const heard = await deps.engine.queues.control(target, change, modifiedBy);
      if (cancelsRunning) {
        const { runs } = await deps.engine.queues.findRunning(target, { pausedAt: new Date(), modelExecutors: modelExecutors(deps) });
        await deps.engine.queues.cancelRuns(runs, modifiedBy);
      }
      const [state] = await readQueues(deps, organizationId, kind, { after: '', limit: 1, ...(name === '' ? {} : { name }) });
      if (state === undefined) throw notFound('Flow', name); // deleted meanwhile
      return { ...toQueueWire(state, await countDraining(deps, state)), heard };
    },
  );
}
