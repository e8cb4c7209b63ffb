import type { Config } from '#base';
import type { Platform } from '#platform';

/** When ready: text for people on a terminal, else one line of JSON for whatever started us. */
export function announceReady(platform: Platform, config: Config, out: NodeJS.WriteStream = process.stdout): void {
  const url = platform.url ?? '';
  if (!out.isTTY) {
    const optional = {
      ...(platform.setupUrl ? { setup_url: platform.setupUrl } : {}),
      ...(platform.metricsUrl ? { metrics_url: platform.metricsUrl } : {}),
    };
    out.write(`${JSON.stringify({ event: 'ready', url, ...optional })}\n`);
    return;
  }
  const setUp = platform.setupUrl ? `\n  Set up       ${platform.setupUrl}   (once: makes the first administrator)` : '';
  const metrics = platform.metricsUrl ? `\n  Metrics      ${platform.metricsUrl}/metrics` : '';
  out.write(`
Flow Platform is ready.

  API          ${url}/api
  Reference    ${url}/docs
  OpenAPI      ${url}/api/openapi.json${setUp}${metrics}
  Data         ${config.databaseUrl ? 'the database of DATABASE_URL, files in ' : ''}${config.dataDir}

Ctrl-C stops it in order.
`);
}
