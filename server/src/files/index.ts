// Bytes: received under a limit, hashed, stored whole under a key, read back; the gs:// URIs that name them and the signed URLs that open them.
// The only folder that knows disk, S3 or GCS. It knows no tenant: who may have a file is decided through the `files` table, before a key is used.
export { checkedKey } from './checked-key.ts';
export { createFileStore } from './create-file-store.ts';
export type { ByteRange, FileStore, StagedFile } from './file-store.ts';
export { type FileLocation, flowOfKey, parseFileKey, parseFileUri, toFileUri } from './parse-file-uri.ts';
export { createUrlSigner, type SignedQuery, type UrlGrant, type UrlSigner } from './sign-url.ts';
export { sniffContentType } from './sniff-content-type.ts';
export { verifyChecksum } from './verify-checksum.ts';
