import { Type } from 'typebox';
import { toFileUri } from '#files';
import type { ApiDeps } from '../deps.ts';
import { readContentType } from '../files/content-types.ts';
import { insertFile } from '../files/file.queries.ts';
import { cleanFileName } from '../files/file-name.ts';
import { createFileUrls } from '../files/file-urls.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses, Nullable, Uuid } from '../wire/index.ts';
import { getVisibleFlowId } from './flow.queries.ts';

const UploadUrl = Type.Object(
  {
    upload_url: Type.String({ description: 'PUT the raw bytes here; needs no credentials' }),
    file_key: Type.String({ description: 'What POST /flow-executions takes as input.file_key' }),
    uri: Type.String({ description: 'The same as a gs:// URI, for input.document_url' }),
    method: Type.Literal('PUT'),
    content_type: Type.String(),
    expires_at: Type.String(),
    expires_in_seconds: Type.Integer(),
  },
  { additionalProperties: true },
);

/** POST /api/flows/{flow_id}/upload-url: an address for one document of the flow, good for an hour and 100 MB. */
export function generateUploadUrl(app: FlowApp, deps: ApiDeps): void {
  const urls = createFileUrls(deps);
  app.post(
    '/api/flows/:flow_id/upload-url',
    {
      config: { operation: 'generate_upload_url' },
      schema: {
        tags: ['flows'],
        summary: 'Generate a file upload URL',
        params: Type.Object({ flow_id: Uuid() }),
        querystring: Type.Object({
          content_type: Type.Optional(Nullable(Type.String({ description: 'What the file is; absent: found out when it arrives' }))),
          filename: Type.Optional(Type.String({ description: 'Name for people; a path before it is dropped' })),
        }),
        response: { 200: UploadUrl, ...errorResponses(400, 401, 403, 404, 422, 500) },
      },
    },
    async (request) => {
      const { organizationId, modifiedBy } = request.principal;
      const contentType = readContentType(request.query.content_type);
      const filename = cleanFileName(request.query.filename);
      const { fileKey } = await request.tenant(async (tx) => {
        const flowId = await getVisibleFlowId(tx, request.principal, request.params.flow_id);
        return insertFile(tx, { organizationId, flowId, filename, contentType, modifiedBy });
      });
      const { url, ...expiry } = urls.upload(organizationId, fileKey, contentType);
      const uri = toFileUri(deps.files.bucket, fileKey);
      return { upload_url: url, file_key: fileKey, uri, method: 'PUT' as const, content_type: contentType, ...expiry };
    },
  );
}
