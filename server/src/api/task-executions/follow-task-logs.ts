import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Id, notFound, parseId } from '#base';
import { isFinalTask } from '#engine';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { UnlimitedReads } from '../wire/unlimited-reads.ts';
import { toProcessingStatus } from './task-execution.wire.ts';
import { findLoggedTask, type LoggedTask, listTaskLogs, type TaskLogFilters } from './task-log.queries.ts';
import { type TaskLogRow, toTaskLogLine } from './task-log.wire.ts';

const PAGE_ROWS = 200;
/** Lines are written some hundred ms after they were said, without an event: this is how late they come. */
const POLL_MS = 1_000;
/** Proxies cut what is silent for longer; 30 s is the shortest that is usual. */
const HEARTBEAT_MS = 15_000;
/** Then the client comes again, with credentials that are looked at again. */
const MAX_STREAM_MS = 15 * 60_000;
const RECONNECT_MS = 1_000;
/** Of one organization in this process: each costs a read a second. */
const MAX_STREAMS = 100;

/** A connection that is kept after its stream ended in a shutdown would keep that waiting. */
const STREAM_HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  'X-Accel-Buffering': 'no',
  Connection: 'close',
};

export interface LogStreams {
  /** Answers a stream of lines that ends when the task has ended. Throws not_found, or rate_limited where the organization follows too many. */
  follow(request: FastifyRequest, reply: FastifyReply, filters: TaskLogFilters, after: Id | undefined): Promise<FastifyReply>;
}

/** The streams of one process; they end when the API closes. */
export function createLogStreams(app: FlowApp, deps: ApiDeps): LogStreams {
  const places = new UnlimitedReads({ most: MAX_STREAMS, what: 'logs are followed' });
  const closing = new AbortController();
  app.addHook('preClose', async () => closing.abort());
  return {
    async follow(request, reply, filters, after) {
      const { principal } = request;
      const read = (from: Id | undefined) =>
        request.tenant(
          async (tx) => {
            const task = await findLoggedTask(tx, principal, filters.taskExecutionId); // before its lines: what it ended with is there
            if (!task) throw notFound('Task execution', filters.taskExecutionId);
            return { task, rows: await listTaskLogs(tx, principal, filters, { order: 'asc', after: from, limit: PAGE_ROWS }) };
          },
          { readOnly: true },
        );
      const from = after ?? parseId(String(request.headers['last-event-id'] ?? ''));
      const first = await read(from);
      const leave = places.take(principal.organizationId);
      const ended = new AbortController();
      const signal = AbortSignal.any([closing.signal, ended.signal]);
      const bell = createBell(signal);
      const unsubscribe = deps.events.subscribe(principal.organizationId, first.task.flowId, ({ id }) => {
        if (id === filters.taskExecutionId) bell.ring();
      });
      const stream = Readable.from(events({ first, from, read, signal, rest: bell.rest }), { objectMode: false });
      stream.once('close', () => {
        ended.abort();
        unsubscribe();
        leave();
      });
      return reply.headers(STREAM_HEADERS).send(stream);
    },
  };
}

interface ReadLog {
  task: LoggedTask;
  rows: TaskLogRow[];
}

interface Followed {
  first: ReadLog;
  from: Id | undefined;
  read(after: Id | undefined): Promise<ReadLog>;
  signal: AbortSignal;
  rest(ms: number): Promise<void>;
}

async function* events({ first, from, read, signal, rest }: Followed): AsyncGenerator<string, void> {
  const until = performance.now() + MAX_STREAM_MS;
  let spokeAt = performance.now();
  let after = from;
  yield `retry: ${RECONNECT_MS}\n\n`;
  for (let seen = first; ; seen = await read(after)) {
    if (seen.rows.length > 0) {
      yield seen.rows.map(toEvent).join('');
      after = seen.rows.at(-1)?.id;
      spokeAt = performance.now();
      if (seen.rows.length === PAGE_ROWS) continue; // the next page is there already
    }
    if (isFinalTask(seen.task.status)) {
      yield `event: end\ndata: ${JSON.stringify({ processing_status: toProcessingStatus(seen.task) })}\n\n`;
      return;
    }
    if (signal.aborted || performance.now() > until) return;
    if (performance.now() - spokeAt >= HEARTBEAT_MS) {
      yield ': still there\n\n';
      spokeAt = performance.now();
    }
    await rest(POLL_MS);
    if (signal.aborted) return;
  }
}

const toEvent = (row: TaskLogRow): string => `id: ${row.id}\nevent: log\ndata: ${JSON.stringify(toTaskLogLine(row))}\n\n`;

/** A rest that a ring ends, also one that came before it began. */
function createBell(signal: AbortSignal): { ring(): void; rest(ms: number): Promise<void> } {
  let hasRung = false;
  let wake = () => {};
  const ring = () => {
    hasRung = true;
    wake();
  };
  signal.addEventListener('abort', ring, { once: true });
  return {
    ring,
    async rest(ms) {
      if (!hasRung && !signal.aborted) {
        const { promise, resolve } = Promise.withResolvers<void>();
        const timer = setTimeout(resolve, ms);
        wake = resolve;
        await promise;
        clearTimeout(timer);
        wake = () => {};
      }
      hasRung = false;
    },
  };
}
