import { Type } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import { createFileUrls } from '../files/file-urls.ts';
import { locateFile } from '../files/locate-file.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses } from '../wire/index.ts';

const DownloadUrl = Type.Object(
  {
    download_url: Type.String({ description: 'Needs no credentials' }),
    url: Type.String({ description: 'The same' }),
    file_key: Type.String(),
    expires_at: Type.String(),
    expires_in_seconds: Type.Integer(),
  },
  { additionalProperties: true },
);

/** POST /api/flows/download-url: opens a file by its key, or by its gs:// URI, for an hour. */
export function generateDownloadUrl(app: FlowApp, deps: ApiDeps): void {
  const urls = createFileUrls(deps);
  app.post(
    '/api/flows/download-url',
    {
      config: { operation: 'generate_download_url' },
      schema: {
        tags: ['flows'],
        summary: 'Generate a file download URL',
        body: Type.Object(
          { file_key: Type.String({ description: 'As upload-url gave it' }) },
          { title: 'GeneratePresignedUrlForDownload' },
        ),
        response: { 200: DownloadUrl, ...errorResponses(400, 401, 403, 404, 422, 500) },
      },
    },
    async (request, reply) => {
      const sent = request.body.file_key;
      const file = await locateFile(request, deps.files, sent.startsWith('gs://') ? { uri: sent } : { key: sent });
      const { url, ...expiry } = urls.download(request.principal.organizationId, file.fileKey);
      reply.header('Cache-Control', 'no-store');
      return { download_url: url, url, file_key: file.fileKey, ...expiry };
    },
  );
}
