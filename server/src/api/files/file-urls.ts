import { deriveKey, type Id } from '#base';
import { createUrlSigner, type UrlSigner } from '#files';
import type { ApiDeps } from '../deps.ts';
import { toWireTime } from '../wire/index.ts';
import { UNKNOWN_TYPE } from './content-types.ts';

export const URL_SECONDS = 3600;
export const MAX_UPLOAD_BYTES = 100 * 1024 * 1024; // core.md 2: 100 MB
export const CONTENT_PATH = '/api/files/content';

export interface SignedUrl {
  url: string;
  expires_at: string;
  expires_in_seconds: number;
}

/** URLs that open one file for an hour, without credentials. Absolute: they begin with the address that clients know. */
export interface FileUrls {
  upload(organizationId: Id, key: string, contentType: string): SignedUrl;
  download(organizationId: Id, key: string): SignedUrl;
}

/** The key is derived from the one secret that machines share, so a URL of one opens on every other. */
export const createFileUrlSigner = (deps: ApiDeps): UrlSigner => createUrlSigner(deriveKey(deps.config.encryptionKey, 'file-urls'));

export function createFileUrls(deps: ApiDeps): FileUrls {
  const signer = createFileUrlSigner(deps);
  const signed = (method: 'GET' | 'PUT', organizationId: Id, key: string, contentType: string, maxBytes: number): SignedUrl => {
    const expiresAt = new Date((Math.floor(Date.now() / 1000) + URL_SECONDS) * 1000);
    const query = new URLSearchParams({ ...signer.sign({ method, key, organizationId, expiresAt, contentType, maxBytes }) });
    return {
      url: `${deps.publicUrl()}${CONTENT_PATH}/${key}?${query}`,
      expires_at: toWireTime(expiresAt),
      expires_in_seconds: URL_SECONDS,
    };
  };
  return {
    upload: (organizationId, key, contentType) => signed('PUT', organizationId, key, contentType, MAX_UPLOAD_BYTES),
    download: (organizationId, key) => signed('GET', organizationId, key, UNKNOWN_TYPE, 0),
  };
}
