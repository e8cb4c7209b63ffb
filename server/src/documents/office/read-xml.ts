import { Parser } from 'htmlparser2';
import { DocumentError } from '../document-error.ts';
import { type Archive, damaged } from './read-archive.ts';

/** Elements within elements: a document has some tens; a parser that calls itself for each would run out of stack. */
const MAX_DEPTH = 500;

/** Declarations of types and entities: no office program writes them, and they are what an XML bomb or a file thief needs (RELIABILITY 24). */
const DECLARATION = /<!\s*(?:doctype|entity)/i;

/** Reads a part of an archive that is XML, as bytes. Throws `unreadable_document` where it declares entities or is not in UTF-8. */
export async function readXmlPart(archive: Archive, name: string, maxBytes: number): Promise<Buffer> {
  const bytes = await archive.read(name, maxBytes);
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff) || bytes.subarray(0, 512).includes(0)) {
    throw damaged(`its part ${name} is not in UTF-8`);
  }
  if (DECLARATION.test(bytes.toString('latin1'))) {
    throw new DocumentError(
      'unreadable_document',
      'The document declares types or entities of its own, which are not read; save it again from its source.',
    );
  }
  return bytes;
}

export interface XmlVisitor {
  open?(name: string, attributes: Record<string, string>): void;
  text?(text: string): void;
  close?(name: string): void;
}

/** Walks through XML, names without their prefix. It takes bytes piece by piece, so that the text is never whole in memory. */
export function walkXml(bytes: Buffer, visitor: XmlVisitor): void {
  let depth = 0;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (++depth > MAX_DEPTH) throw damaged('its XML is nested too deep');
        visitor.open?.(localName(name), attributes);
      },
      ontext: (text) => visitor.text?.(text),
      onclosetag(name) {
        depth--;
        visitor.close?.(localName(name));
      },
    },
    { xmlMode: true },
  );
  const decoder = new TextDecoder();
  for (let start = 0; start < bytes.length; start += CHUNK)
    parser.write(decoder.decode(bytes.subarray(start, start + CHUNK), { stream: true }));
  parser.end();
}

const CHUNK = 256 * 1024;

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);
