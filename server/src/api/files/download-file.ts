import { Type } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses } from '../wire/index.ts';
import { ResolveUriResponse } from './file.wire.ts';
import { createFileUrls } from './file-urls.ts';
import { locateFile } from './locate-file.ts';

/** GET /api/files/download: `curl -f -L` on it fetches the file of a storage URI; redirect=false answers as resolve does. */
export function downloadFile(app: FlowApp, deps: ApiDeps): void {
  const urls = createFileUrls(deps);
  app.get(
    '/api/files/download',
    {
      config: { operation: 'download_file' },
      schema: {
        tags: ['files'],
        summary: 'Download a file by its storage URI',
        querystring: Type.Object({
          uri: Type.String({ description: 'gs://{bucket}/flows/{flow_id}/documents/{id}, as a task output has it' }),
          redirect: Type.Boolean({ default: true, description: 'false: JSON with the URL instead of a redirect' }),
        }),
        response: {
          200: ResolveUriResponse,
          302: Type.Null({ description: 'Location opens the file; no credentials needed there' }),
          ...errorResponses(400, 401, 403, 404, 422, 500),
        },
      },
    },
    async (request, reply) => {
      const file = await locateFile(request, deps.files, { uri: request.query.uri });
      const { url, ...expiry } = urls.download(request.principal.organizationId, file.fileKey);
      reply.header('Cache-Control', 'no-store');
      if (request.query.redirect) return reply.redirect(url, 302);
      return { download_url: url, ...expiry };
    },
  );
}
