import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses } from '../wire/index.ts';
import { ResolveUriRequest, ResolveUriResponse } from './file.wire.ts';
import { createFileUrls } from './file-urls.ts';
import { locateFile } from './locate-file.ts';

/** POST /api/files/resolve: a storage URI becomes a URL that opens it for an hour. A POST, so that no log of addresses holds the URI. */
export function resolveUri(app: FlowApp, deps: ApiDeps): void {
  const urls = createFileUrls(deps);
  app.post(
    '/api/files/resolve',
    {
      config: { operation: 'resolve_uri' },
      schema: {
        tags: ['files'],
        summary: 'Resolve a storage URI to a download URL',
        body: ResolveUriRequest,
        response: { 200: ResolveUriResponse, ...errorResponses(400, 401, 403, 404, 422, 500) },
      },
    },
    async (request, reply) => {
      const file = await locateFile(request, deps.files, { uri: request.body.uri });
      const { url, ...expiry } = urls.download(request.principal.organizationId, file.fileKey);
      reply.header('Cache-Control', 'no-store');
      return { download_url: url, ...expiry };
    },
  );
}
