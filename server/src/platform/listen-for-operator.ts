import type { Config, Log } from '#base';
import type { EventHub } from '#events';
import { judge, type Metrics, type OperatorPort, openOperatorPort, type StateReader, stateMetrics, unreadable } from '#telemetry';
import type { OpenDatabase } from './open-database.ts';

export interface OperatorParts {
  config: Pick<Config, 'metricsHost' | 'metricsPort'>;
  log: Log;
  metrics: Metrics;
  state: StateReader;
  events: Pick<EventHub, 'unheardMs'>;
  database: Pick<OpenDatabase, 'engineDb'>;
  /** The process has an API: of the processes of a platform these tell its state, which is the same from everywhere. */
  isServing: boolean;
}

const READY_MS = 2_000; // a probe asks again every few seconds

const json = (status: number, body: object) => ({ status, type: 'application/json; charset=utf-8', body: `${JSON.stringify(body)}\n` });

/** The operator's own port, for a process with an API or without; undefined where FLOW_METRICS_PORT is not set. Its figures are of all organizations. */
export async function listenForOperator(parts: OperatorParts): Promise<OperatorPort | undefined> {
  const { config, log, metrics, state, events, isServing } = parts;
  if (config.metricsPort === undefined) return undefined;
  const readState = () => state.read().catch(() => undefined); // the reader has logged it
  return openOperatorPort({
    host: config.metricsHost,
    port: config.metricsPort,
    log,
    pages: {
      '/health/live': async () => json(200, { status: 'ok' }),
      '/health/ready': async () =>
        (await isDatabaseThere(parts)) ? json(200, { status: 'ok' }) : json(503, { status: 'database unreachable' }),
      '/health/verdict': async () => {
        const known = await readState();
        const verdict = known === undefined ? unreadable() : judge(known, { unheardMs: events.unheardMs() });
        return json(verdict.verdict === 'failing' ? 503 : 200, verdict);
      },
      '/metrics': async () => {
        const own = await metrics.registry.metrics();
        const whole = isServing ? `\n${await stateMetrics(await readState())}` : '';
        return { status: 200, type: metrics.registry.contentType, body: own + whole };
      },
    },
  });
}

async function isDatabaseThere({ database }: OperatorParts): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), READY_MS);
  const answered = database.engineDb.query('health', 'select 1', []).then(
    () => true,
    () => false,
  );
  return Promise.race([answered, late]).finally(() => clearTimeout(timer));
}
