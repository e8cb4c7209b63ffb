import { Type } from 'typebox';
import type { Json } from '#base';
import { DEFAULT_LIMITS, type Document } from '#documents';
import type { ExecutorContext, Outcome } from '../contract.ts';
import { givenDocument } from '../doc-to-structured/given-document.ts';
import { failed } from '../outcomes.ts';

/** Parameters that say which document is meant, and how to read it. */
export const documentParameters = {
  document_url: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 2048,
      title: 'Document',
      description: 'gs:// URI of the file, most often {{<task>.document_url}}.',
      examples: ['{{receive.document_url}}'],
    }),
  ),
  mime_type: Type.Optional(
    Type.Union([Type.String({ maxLength: 255 }), Type.Null()], {
      title: 'Type',
      description: "The file's type; default: what was found when it was uploaded.",
      examples: ['{{receive.mime_type}}'],
    }),
  ),
  document: Type.Optional(
    Type.Unknown({
      title: 'Read document',
      description: 'Instead of the file: the output of doc_to_text ({{<task>.output}}), its pages, or a text.',
      examples: ['{{read.output}}'],
    }),
  ),
  text: Type.Optional(
    Type.Union([Type.String({ maxLength: 2_000_000 }), Type.Null()], {
      title: 'Text',
      description: 'Instead of the file: a text.',
      examples: ['{{read.text}}'],
    }),
  ),
  languages: Type.Optional(
    Type.Array(Type.Unsafe<string>({ type: 'string', enum: ['en', 'de', 'fr', 'es'] }), {
      minItems: 1,
      uniqueItems: true,
      title: 'Languages',
      description: 'Languages that scanned pages may be in; default en and de.',
      examples: [['en', 'de']],
    }),
  ),
  password: Type.Optional(
    Type.String({
      maxLength: 1024,
      'x-secret': true,
      title: 'Password',
      description: 'Opens an encrypted PDF: {{secrets.NAME}}.',
      examples: ['{{secrets.PDF_PASSWORD}}'],
    }),
  ),
};

export interface DocumentParameters {
  document_url?: string;
  mime_type?: string | null;
  document?: unknown;
  text?: string | null;
  languages?: string[];
  password?: string;
}

/** The document: what was read before, else the file, which is read now. Throws what files and documents throw. */
export async function readDocument(parameters: DocumentParameters, context: ExecutorContext): Promise<Document | { outcome: Outcome }> {
  const given = parameters.document ?? parameters.text ?? undefined;
  if (given !== undefined) {
    const read = givenDocument(given as Json)?.document;
    const message = 'document is neither the output of doc_to_text, nor its pages, nor a text of at most 2,000,000 characters.';
    return read ?? { outcome: failed('invalid_parameters', message) };
  }
  if (parameters.document_url !== undefined) return readFile(parameters.document_url, parameters, context);
  const message = 'There is no document: set document_url to {{<task>.document_url}}, or document to the output of doc_to_text.';
  return { outcome: failed('invalid_parameters', message) };
}

async function readFile(uri: string, parameters: DocumentParameters, context: ExecutorContext): Promise<Document | { outcome: Outcome }> {
  const file = await context.files.describe(uri);
  if (file.sizeBytes > DEFAULT_LIMITS.inputBytes) {
    const message = `The file has ${file.sizeBytes} bytes; at most ${DEFAULT_LIMITS.inputBytes} are read.`;
    return { outcome: failed('document_too_large', message) };
  }
  return context.documents.read(await context.files.read(uri), {
    mimeType: parameters.mime_type ?? file.contentType,
    filename: file.filename ?? undefined,
    ...(parameters.languages === undefined ? {} : { languages: parameters.languages }),
    ...(parameters.password === undefined ? {} : { password: parameters.password }),
    signal: context.signal,
  });
}
