// Tag files: documents by their gs:// address, and the signed URLs that carry their bytes in and out.
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { downloadFile } from './download-file.ts';
import { getSignedFile } from './get-signed-file.ts';
import { putSignedFile } from './put-signed-file.ts';
import { resolveUri } from './resolve-uri.ts';

export function registerFileRoutes(app: FlowApp, deps: ApiDeps): void {
  resolveUri(app, deps);
  downloadFile(app, deps);
  getSignedFile(app, deps);
  app.register(async (raw) => {
    // the body of an upload is bytes, whatever it calls itself: no parser may touch it
    raw.removeAllContentTypeParsers();
    raw.addContentTypeParser('*', (_request, _payload, done) => done(null));
    putSignedFile(raw as FlowApp, deps);
  });
}
