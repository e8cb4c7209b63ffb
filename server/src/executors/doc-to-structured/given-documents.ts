import { type Static, Type } from 'typebox';
import { isJsonObject, type Json } from '#base';
import { DEFAULT_LIMITS } from '#documents';
import type { ExecutorContext, Outcome } from '../contract.ts';
import { failed } from '../outcomes.ts';
import { type GivenDocument, givenDocument } from './given-document.ts';

const MAX_DOCUMENTS = 50;

const oneDocument = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'By which a field says where it is looked for.' })),
    document_url: Type.Optional(Type.String({ minLength: 1, maxLength: 2048, description: 'gs:// URI of the file.' })),
    mime_type: Type.Optional(Type.Union([Type.String({ maxLength: 255 }), Type.Null()])),
    document: Type.Optional(Type.Unknown({ description: 'Instead of the file: the output of doc_to_text, its pages, or a text.' })),
  },
  { additionalProperties: true, description: 'Or the output of doc_to_text itself.' },
);

/** The parameter `documents`: two or more, each a file or what was read of one. */
export const documentsSchema = Type.Array(
  Type.Union([oneDocument, Type.String({ minLength: 1, maxLength: 2048, description: 'gs:// URI of the file.' })]),
  { minItems: 1, maxItems: MAX_DOCUMENTS, description: 'Instead of one document: several, from which the fields are read together.' },
);

/** How a file is read: what the task says for all of them. */
export interface ReadingOptions {
  languages?: string[] | undefined;
  password?: string | undefined;
}

export type NamedDocument = GivenDocument & { name: string | undefined };

/** One document as parameters give it: pages wherever they can be had, else the file; a bare text only where there is no file. */
export async function documentOf(
  given: { document?: unknown; document_url?: string | undefined; mime_type?: string | null | undefined },
  options: ReadingOptions,
  context: ExecutorContext,
): Promise<GivenDocument | { outcome: Outcome }> {
  const document = given.document == null ? undefined : givenDocument(given.document as Json);
  if (document?.hasPlaces === true || (document !== undefined && given.document_url === undefined)) return document;
  if (given.document_url !== undefined) return readFile(given.document_url, given.mime_type ?? undefined, options, context);
  const message =
    given.document == null
      ? 'There is no document: set document_url to {{<task>.document_url}}, or document to the output of doc_to_text.'
      : 'document is neither the output of doc_to_text, nor its pages, nor a text of at most 2,000,000 characters.';
  return { outcome: failed('invalid_parameters', message) };
}

/** The documents of the parameter `documents`, in order. */
export async function documentsOf(
  given: Static<typeof documentsSchema>,
  options: ReadingOptions,
  context: ExecutorContext,
): Promise<NamedDocument[] | { outcome: Outcome }> {
  const documents: NamedDocument[] = [];
  for (const entry of given) {
    const isOutput = isJsonObject(entry) && entry['document_url'] === undefined && entry['document'] === undefined;
    const one = typeof entry === 'string' ? { document_url: entry } : isOutput ? { document: entry } : entry;
    const document = await documentOf(one, options, context);
    if ('outcome' in document) return document;
    documents.push({ ...document, name: typeof entry === 'string' ? undefined : entry.name });
  }
  return documents;
}

async function readFile(
  uri: string,
  mimeType: string | undefined,
  { languages, password }: ReadingOptions,
  context: ExecutorContext,
): Promise<GivenDocument | { outcome: Outcome }> {
  const file = await context.files.describe(uri);
  if (file.sizeBytes > DEFAULT_LIMITS.inputBytes) {
    return {
      outcome: failed('document_too_large', `The file has ${file.sizeBytes} bytes; at most ${DEFAULT_LIMITS.inputBytes} are read.`),
    };
  }
  const document = await context.documents.read(await context.files.read(uri), {
    mimeType: mimeType ?? file.contentType,
    filename: file.filename ?? undefined,
    ...(languages === undefined ? {} : { languages }),
    ...(password === undefined ? {} : { password }),
    signal: context.signal,
  });
  return { document, hasPlaces: true };
}
