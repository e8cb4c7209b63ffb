import { type FastifyInstance, fastify } from 'fastify';
import type { FlowApp } from '../flow-app.ts';

const PREFIX = '/docs';

/** The page starts itself by an inline script and styles itself; nothing of it comes from another server. */
const PAGE_POLICY =
  "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; frame-ancestors 'none'";

/** The package is 5 MB of text, so it is loaded for the first reader, into an app that listens nowhere. */
async function loadPage(): Promise<FastifyInstance> {
  const { default: scalar } = await import('@scalar/fastify-api-reference');
  const page = fastify();
  await page.register(scalar, {
    routePrefix: PREFIX,
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

/** /docs: the OpenAPI document as a page. */
export function useReferencePage(app: FlowApp): void {
  let page: Promise<FastifyInstance> | undefined;
  for (const path of [`${PREFIX}/`, `${PREFIX}/js/scalar.js`]) {
    app.get(path, { schema: { hide: true } }, async (request, reply) => {
      page ??= loadPage();
      const { statusCode, headers, rawPayload } = await (await page).inject({ method: 'GET', url: request.url });
      for (const name of ['content-type', 'location'] as const) if (headers[name]) reply.header(name, headers[name]);
      return reply.code(statusCode).header('Content-Security-Policy', PAGE_POLICY).send(rawPayload);
    });
  }
}
