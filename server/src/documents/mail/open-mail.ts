import PostalMime, { type Address, type Attachment, type Email } from 'postal-mime';
import { detectType } from '../detect-type.ts';
import { DocumentError, type DocumentErrorCode } from '../document-error.ts';
import type { Block } from '../grid/block.ts';
import { openBlocks } from '../grid/open-blocks.ts';
import { htmlToBlocks } from '../html/html-to-blocks.ts';
import { joinDocuments, type Part } from '../parser/join-documents.ts';
import type { DocumentSource } from '../parser/messages.ts';
import type { OpenDocument } from '../parser/open-document.ts';
import { openEmbedded } from '../picture/open-embedded.ts';
import { refuseManyParts } from './count-parts.ts';

/** Messages within messages that are read. */
const MAX_DEPTH = 3;
/** Attachments that are read. */
const MAX_ATTACHMENTS = 50;
/** Parts within parts; mail programs write four or five. */
const MAX_PART_DEPTH = 30;
const MAX_HEADER_BYTES = 256 * 1024;

/** What says that an attachment is no document of ours, rather than that the message is hostile: it is named, and not read. */
const PASSED_OVER: readonly DocumentErrorCode[] = ['unsupported_type', 'unreadable_document', 'encrypted_document'];

type Open = (bytes: Uint8Array, source: DocumentSource) => Promise<OpenDocument>;

/**
 * Opens a message: sender, recipients, subject and date, its text (else its HTML), the names of its attachments; then each attachment that can
 * be read as further pages that bear its name, messages among them. `open` opens an attachment. Throws `unreadable_document`, and
 * `document_too_large` for more parts, attachments or messages within one another than are read.
 */
export async function openMail(bytes: Uint8Array, source: DocumentSource, open: Open): Promise<OpenDocument> {
  const depth = source.depth ?? 0;
  if (depth >= MAX_DEPTH) throw tooLarge(`Messages are attached within one another more than ${MAX_DEPTH} deep`);
  refuseManyParts(bytes);
  const email = await parse(bytes);
  if (email.attachments.length > MAX_ATTACHMENTS) throw tooLarge(`The message has more than ${MAX_ATTACHMENTS} attachments`);
  const parts: Part[] = [openBlocks(() => toBlocks(email))];
  for (const attachment of email.attachments) {
    const part = await openAttachment(attachment, { ...source, depth: depth + 1 }, open);
    if (part !== undefined) parts.push(part);
  }
  return joinDocuments(parts);
}

async function parse(bytes: Uint8Array): Promise<Email> {
  try {
    const limits = { maxNestingDepth: MAX_PART_DEPTH, maxHeadersSize: MAX_HEADER_BYTES };
    return await PostalMime.parse(bytes, { ...limits, forceRfc822Attachments: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 200) : String(error);
    throw new DocumentError('unreadable_document', `The message cannot be read (${reason}); save it again from the mail program.`, error);
  }
}

async function openAttachment(attachment: Attachment, source: DocumentSource, open: Open): Promise<Part | undefined> {
  const bytes = Buffer.from(attachment.content as ArrayBuffer);
  try {
    const type = detectType(bytes, { mimeType: attachment.mimeType, filename: attachment.filename ?? undefined });
    if (type === 'picture' && attachment.related === true) return withTitle(await openEmbedded(bytes, source), attachment);
    const opened = await open(bytes, { ...source, type, sizeBytes: bytes.length });
    return withTitle(passingOver(opened), attachment);
  } catch (error) {
    if (isPassedOver(error)) return undefined;
    throw error;
  }
}

/** A document that turns out unreadable when its pages are read is passed over from there on. */
const passingOver = (opened: OpenDocument): OpenDocument => ({
  ...opened,
  parse: (emit) =>
    opened.parse(emit).catch((error: unknown) => {
      if (isPassedOver(error)) return [];
      throw error;
    }),
});

const isPassedOver = (error: unknown): boolean => error instanceof DocumentError && PASSED_OVER.includes(error.code);

const nameOf = (attachment: Attachment): string => (attachment.filename || attachment.mimeType).slice(0, 200);
const withTitle = (opened: OpenDocument | undefined, attachment: Attachment): Part | undefined =>
  opened === undefined ? undefined : { ...opened, title: nameOf(attachment) };

function toBlocks(email: Email): Block[] {
  const headers: [string, string | undefined][] = [
    ['From', email.from && addressText([email.from])],
    ['To', email.to && addressText(email.to)],
    ['Cc', email.cc && addressText(email.cc)],
    ['Date', email.date],
    ['Subject', email.subject],
    ['Attachments', email.attachments.map(nameOf).join(', ')],
  ];
  const lines = headers.flatMap(([name, text]): Block[] => (text ? [{ kind: 'line', text: `${name}: ${text}` }] : []));
  return [...lines, { kind: 'gap' }, ...bodyOf(email)];
}

function bodyOf(email: Email): Block[] {
  if (!email.text?.trim()) return htmlToBlocks(email.html ?? '', { paragraphGaps: true });
  return email.text.split('\n').map((line): Block => (line.trim() === '' ? { kind: 'gap' } : { kind: 'line', text: line }));
}

const addressText = (addresses: Address[]): string =>
  addresses
    .flatMap((address) => address.group ?? [address])
    .map(({ name, address }) => (name ? `${name} <${address}>` : (address ?? '')))
    .join(', ');

const tooLarge = (what: string) =>
  new DocumentError('document_too_large', `${what}, which is more than is read; send its attachments on their own.`);
