/**
 * What a file is by its first bytes, for those that arrive as octet-stream. Text formats without a mark of their own (CSV, Markdown) are told by
 * the file's name. Answers undefined where nothing is recognised.
 */
export function sniffContentType(head: Buffer, filename: string | null): string | undefined {
  const marked = MARKS.find(([, isOne]) => isOne(head));
  if (marked) return marked[0] === ZIP ? sniffZip(head) : marked[0];
  return head.length > 0 && looksLikeText(head) ? sniffText(head.toString('utf8'), filename) : undefined;
}

const ZIP = 'application/zip';
const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

const startsWith = (text: string, at = 0) => {
  const mark = Buffer.from(text, 'latin1');
  return (head: Buffer) => head.subarray(at, at + mark.length).equals(mark);
};

const MARKS: [string, (head: Buffer) => boolean][] = [
  ['application/pdf', (head) => head.subarray(0, 1024).includes('%PDF-')], // readers allow junk before it
  ['image/png', startsWith('\x89PNG\r\n\x1a\n')],
  ['image/jpeg', startsWith('\xff\xd8\xff')],
  ['image/gif', startsWith('GIF8')],
  ['image/tiff', (head) => startsWith('II*\0')(head) || startsWith('MM\0*')(head)],
  ['image/webp', (head) => startsWith('RIFF')(head) && startsWith('WEBP', 8)(head)],
  [ZIP, (head) => startsWith('PK\x03\x04')(head) || startsWith('PK\x05\x06')(head)],
  ['application/x-tar', startsWith('ustar', 257)],
];

/** Office files are ZIPs; the names of their parts stand unpacked in the local headers. */
function sniffZip(head: Buffer): string {
  if (head.includes('word/')) return DOCX;
  return head.includes('xl/') ? XLSX : ZIP;
}

/** No NUL and hardly a control character: UTF-8 and the one-byte encodings alike. */
function looksLikeText(head: Buffer): boolean {
  const sample = head.subarray(0, 4096);
  let odd = 0;
  for (const byte of sample) {
    if (byte === 0) return false;
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x0c && byte !== 0x1b) odd++;
  }
  return odd <= sample.length / 100;
}

const BY_EXTENSION: Record<string, string> = {
  csv: 'text/csv',
  md: 'text/markdown',
  html: 'text/html',
  htm: 'text/html',
  eml: 'message/rfc822',
};

function sniffText(text: string, filename: string | null): string {
  const start = text.replace(/^\ufeff/, '').trimStart();
  if (/^(<!doctype html|<html)/i.test(start)) return 'text/html';
  if (/^(Received|Return-Path|From|Message-ID|MIME-Version|Delivered-To): .*(\r?\n)/i.test(start)) return 'message/rfc822';
  const extension = filename?.split('.').at(-1)?.toLowerCase() ?? '';
  if (Object.hasOwn(BY_EXTENSION, extension)) return BY_EXTENSION[extension] as string;
  return /^[[{]/.test(start) && /^\s*(\{\s*("|\})|\[)/.test(start) ? 'application/json' : 'text/plain';
}
