import { Type } from 'typebox';
import type { Document } from '#documents';
import type { ExecutorContext, Outcome } from '../contract.ts';
import { documentOf } from '../doc-to-structured/given-documents.ts';

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
  const { document_url, mime_type, languages, password } = parameters;
  const document = parameters.document ?? parameters.text ?? undefined;
  const given = document === undefined ? { document_url, mime_type } : { document };
  const read = await documentOf(given, { languages, password }, context);
  return 'outcome' in read ? read : read.document;
}
