export const DOCUMENT_ERROR_CODES = [
  'unreadable_document',
  'encrypted_document',
  'unsupported_type',
  'document_too_large',
  'too_many_pages',
  'too_many_pixels',
  'document_timeout',
  'document_memory',
] as const;

export type DocumentErrorCode = (typeof DOCUMENT_ERROR_CODES)[number];

/**
 * Why a document could not be read, for a program (`code`) and for a person (`message`: what happened, the limit where there is one, what to do).
 * Only `document_timeout` may end differently on a second try; the other codes are properties of the bytes.
 */
export class DocumentError extends Error {
  readonly code: DocumentErrorCode;

  constructor(code: DocumentErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'DocumentError';
    this.code = code;
  }

  get retryable(): boolean {
    return this.code === 'document_timeout';
  }
}
