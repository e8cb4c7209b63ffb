import { anyText, headers, integer, url } from './setting-parsers.ts';
import type { Setting } from './settings.ts';

/** What an operator's instruments are told of, and where. Those of OpenTelemetry bear the names that its own libraries read. */
export const TELEMETRY_SETTINGS: readonly Setting[] = [
  {
    key: 'metricsPort',
    name: 'FLOW_METRICS_PORT',
    description:
      "Port on which this process, `flow serve` or `flow worker`, answers /metrics, /health/live, /health/ready and /health/verdict to the operator's instruments, without credentials; 0 takes a free one. Unset: none.",
    parse: integer(0, 65_535),
  },
  {
    key: 'metricsHost',
    name: 'FLOW_METRICS_HOST',
    default: '127.0.0.1',
    description: 'Address on which FLOW_METRICS_PORT listens. Whoever reaches it reads figures of all organizations: keep it inside.',
    parse: anyText,
  },
  {
    key: 'otlpEndpoint',
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    description: 'Base URL of an OpenTelemetry collector (OTLP over HTTP); traces go to /v1/traces below it. Unset: no traces.',
    parse: url('http:', 'https:'),
  },
  {
    key: 'otlpTracesEndpoint',
    name: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    description: 'The whole URL that takes traces, where it is another than OTEL_EXPORTER_OTLP_ENDPOINT says.',
    parse: url('http:', 'https:'),
  },
  {
    key: 'otlpHeaders',
    name: 'OTEL_EXPORTER_OTLP_HEADERS',
    description: 'Headers for the collector: name=value, separated by commas, values percent-encoded.',
    secret: true,
    parse: headers,
  },
  {
    key: 'serviceName',
    name: 'OTEL_SERVICE_NAME',
    default: 'flow-platform',
    description: 'What this installation is called in traces.',
    parse: anyText,
  },
];
