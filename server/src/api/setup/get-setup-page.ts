import { createHash } from 'node:crypto';
import type { FlowApp } from '../flow-app.ts';
import { SETUP_PAGE, SETUP_SCRIPT, SETUP_STYLE } from './setup-page.ts';

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The page's own script and style, by what they say, and nothing else; it talks to this server alone. */
const PAGE_POLICY =
  `default-src 'none'; script-src ${hashOf(SETUP_SCRIPT)}; style-src ${hashOf(SETUP_STYLE)}; connect-src 'self'; ` +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** GET /setup: a form that makes the first administrator. The token stays in the part of the link that browsers do not send. */
export function getSetupPage(app: FlowApp): void {
  app.get('/setup', { config: { operation: 'get_setup_page' }, schema: { hide: true } }, async (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('Content-Security-Policy', PAGE_POLICY)
      .header('Cache-Control', 'no-store')
      .send(SETUP_PAGE as never),
  );
}
