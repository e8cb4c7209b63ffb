import { describe, expect, test } from 'vitest';
import { detectType } from './detect-type.ts';
import { DocumentError } from './document-error.ts';

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
const PNG = latin('\x89PNG\r\n\x1a\n....');

describe('the type of a document', () => {
  test.each([
    ['a PDF', latin('%PDF-1.7\n'), { mimeType: 'application/pdf' }, 'pdf'],
    ['a PDF after some bytes of a mail gateway', latin('\r\n\r\n%PDF-1.4\n'), { mimeType: 'application/pdf' }, 'pdf'],
    ['a PDF of no declared type', latin('%PDF-1.7\n'), {}, 'pdf'],
    ['a PDF sent as bytes', latin('%PDF-1.7\n'), { mimeType: 'application/octet-stream', filename: 'a.PDF' }, 'pdf'],
    ['a PNG declared as a JPEG: both are pictures', PNG, { mimeType: 'image/jpeg' }, 'picture'],
    ['a WebP', latin('RIFF\x01\x02\x03\x04WEBPVP8 '), { mimeType: 'image/webp' }, 'picture'],
    ['Markdown with a charset', latin('# Title\n'), { mimeType: 'text/markdown; charset=utf-8' }, 'text'],
    ['text that only its name tells', latin('some words'), { filename: 'notes.txt' }, 'text'],
    ['Word, by what it is declared as', latin('PK\x03\x04'), { filename: 'letter.docx' }, 'docx'],
    ['Excel', latin('PK\x03\x04'), { mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' }, 'xlsx'],
    ['an archive that nobody declares', latin('PK\x03\x04'), {}, 'archive'],
    ['HTML, by its content', latin('\xef\xbb\xbf<!DOCTYPE html><p>'), {}, 'html'],
    ['XHTML', latin('<?xml version="1.0"?>\n<!-- a -->\n<html>'), { mimeType: 'text/html' }, 'html'],
    ['a fragment of HTML', latin('<p>Hello'), { mimeType: 'text/html' }, 'html'],
    ['a message, by its headers', latin('From: a@b.c\r\nSubject: s\r\n\r\nHello'), {}, 'mail'],
    ['a message that is to be read as text', latin('From: a@b.c\r\nSubject: s\r\n\r\nHello'), { mimeType: 'text/plain' }, 'text'],
    ['a letter with a label or two', latin('Date: today\nDear Sir,\nSubject: x\n'), {}, 'text'],
    ['CSV, by its name', latin('a;b\n'), { filename: 'A.CSV' }, 'csv'],
    ['CSV in UTF-16 without its mark', Buffer.from('column;other\n', 'utf16le'), { mimeType: 'text/csv' }, 'csv'],
    ['text in UTF-16', Buffer.from('\ufeffWörter', 'utf16le'), { mimeType: 'text/plain' }, 'text'],
  ])('%s', (_name, bytes, declared, expected) => {
    expect(detectType(bytes, declared)).toBe(expected);
  });

  test.each([
    [
      'an archive in which a PDF begins',
      latin('PK\x03\x04....%PDF-1.7'),
      { mimeType: 'application/pdf' },
      'unreadable_document',
      'a ZIP archive',
    ],
    ['a picture declared as a PDF', PNG, { mimeType: 'application/pdf' }, 'unreadable_document', 'a PNG picture'],
    ['a PDF declared as text', latin('%PDF-1.7'), { mimeType: 'text/plain' }, 'unreadable_document', 'a PDF'],
    ['an archive of another kind', latin('Rar!\x1a\x07'), {}, 'unsupported_type', 'PDF, PNG, JPEG'],
    [
      'SVG, which is a program as much as a picture',
      latin('<?xml version="1.0"?><svg onload="x()">'),
      {},
      'unsupported_type',
      'an SVG picture',
    ],
    [
      'SVG declared as a PNG',
      latin('<svg xmlns="http://www.w3.org/2000/svg">'),
      { mimeType: 'image/png' },
      'unreadable_document',
      'an SVG picture',
    ],
    ['HTML declared as text', latin('<!DOCTYPE html><p>'), { mimeType: 'text/plain' }, 'unreadable_document', 'an HTML page'],
    ['text declared as a message', latin('Hello'), { mimeType: 'message/rfc822' }, 'unreadable_document', 'plain text'],
    ['RTF', latin('{\\rtf1 x}'), {}, 'unsupported_type', 'an RTF document'],
    ['bytes of no type', latin('\x00\x01\x02'), {}, 'unsupported_type', 'of no type'],
    ['nothing', Buffer.alloc(0), {}, 'unreadable_document', 'empty'],
  ])('%s is refused, with what it is', (_name, bytes, declared, code, said) => {
    const error = (() => {
      try {
        return detectType(bytes, declared);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(DocumentError);
    expect(error).toMatchObject({ code, message: expect.stringContaining(said) });
  });
});
