import { type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { FlowApp } from '../flow-app.ts';

/** The page starts itself by an inline script and styles itself; nothing of it comes from another server. */
const PAGE_POLICY =
  "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; frame-ancestors 'none'";

const PATHS = ['/docs', '/docs/js/scalar.js'];

/** What makes the page, as a server that listens nowhere. */
async function createPage() {
  const { default: scalar } = await import('@scalar/fastify-api-reference');
  const page = fastify({ routerOptions: { ignoreTrailingSlash: true } });
  await page.register(scalar, {
    routePrefix: '/docs',
    configuration: {
      url: '/api/openapi.json',
      authentication: { preferredSecurityScheme: 'BearerAuth' }, // so that the field for the reader's own key is there
      persistAuth: false, // a key is not left behind in the browser
      withDefaultFonts: false,
      telemetry: false,
      agent: { disabled: true }, // a service of the page's makers
      showDeveloperTools: 'never',
      hideClientButton: true, // it leads to another site
    },
  });
  return page;
}

/**
 * /docs: the OpenAPI document as a page. What makes it brings the page's script as a text of 5 MB, which is in memory twice as soon as it is
 * imported: that waits until somebody looks.
 */
export function useReferencePage(app: FlowApp): void {
  let page: ReturnType<typeof createPage> | undefined;
  const answer = async (request: FastifyRequest, reply: FastifyReply) => {
    page ??= createPage();
    const made = await (await page).inject({ url: request.url });
    reply.header('Content-Security-Policy', PAGE_POLICY);
    const { 'content-type': type, location } = made.headers;
    if (typeof location === 'string') return reply.redirect(location, made.statusCode);
    return reply
      .code(made.statusCode)
      .header('Content-Type', type ?? 'text/html; charset=utf-8')
      .send(made.rawPayload);
  };
  for (const path of PATHS) app.get(path, { schema: { hide: true } }, answer);
  app.addHook('onClose', async () => (await page)?.close());
}
