import scalar from '@scalar/fastify-api-reference';
import type { FlowApp } from '../flow-app.ts';

/** The page starts itself by an inline script and styles itself; nothing of it comes from another server. */
const PAGE_POLICY =
  "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; frame-ancestors 'none'";

/** /docs: the OpenAPI document as a page. */
export async function useReferencePage(app: FlowApp): Promise<void> {
  await app.register(scalar, {
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
    hooks: {
      onRequest: (_request, reply, done) => {
        reply.header('Content-Security-Policy', PAGE_POLICY);
        done();
      },
    },
  });
}
