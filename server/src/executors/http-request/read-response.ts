import { createHash } from 'node:crypto';
import type { Json } from '#base';
import type { ExecutorContext, Outcome } from '../contract.ts';
import { failed } from '../outcomes.ts';
import type { HttpParameters } from './http-parameters.ts';

export interface ReadBody {
  body: Json;
  file: { document_url: string; filename: string; mime_type: string; size_bytes: number } | null;
}

const isJsonType = (type: string): boolean => type === 'application/json' || type.endsWith('+json');
const isTextType = (type: string): boolean =>
  type.startsWith('text/') || /^application\/(xml|.+\+xml|javascript|x-www-form-urlencoded|yaml|x-yaml|x-ndjson|graphql)$/.test(type);

/** The media type without its parameters, in lower case. */
const typeOf = (response: Response): string => (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

/** The body as `response` asks for it; in `auto` what is neither JSON nor text is stored. Throws what the way out throws while it is read. */
export async function readResponse(
  response: Response,
  mode: NonNullable<HttpParameters['response']>,
  context: Pick<ExecutorContext, 'files'>,
): Promise<ReadBody | { outcome: Outcome }> {
  const bytes = Buffer.from(await response.arrayBuffer());
  const type = typeOf(response);
  if (mode === 'json' || (mode === 'auto' && isJsonType(type))) return readJson(decode(response, bytes), mode);
  if (mode === 'text' || (mode === 'auto' && (bytes.length === 0 || isTextType(type))))
    return { body: decode(response, bytes), file: null };
  return storeFile(response, bytes, type || 'application/octet-stream', context);
}

/** A body that is empty is none, as 204 has it. */
function readJson(text: string, mode: string): ReadBody | { outcome: Outcome } {
  if (text.trim() === '') return { body: null, file: null };
  try {
    return { body: JSON.parse(text) as Json, file: null };
  } catch {
    if (mode === 'auto') return { body: text, file: null };
    return { outcome: failed('response_not_json', 'The answer is not JSON.', { details: { body: text.slice(0, 2000) } }) };
  }
}

/** By its charset where there is a decoder of that name, else as UTF-8. */
function decode(response: Response, bytes: Buffer): string {
  const label = /charset\s*=\s*"?([\w-]+)/i.exec(response.headers.get('content-type') ?? '')?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(label).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

async function storeFile(response: Response, bytes: Buffer, type: string, { files }: Pick<ExecutorContext, 'files'>): Promise<ReadBody> {
  const filename = filenameOf(response, bytes);
  const stored = await files.write(bytes, { filename, contentType: type });
  const { uri, sizeBytes } = stored;
  return { body: null, file: { document_url: uri, filename, mime_type: type, size_bytes: sizeBytes } };
}

/** As the server names it (RFC 6266), else the end of the URL's path, else by what is in it: the same for the same bytes. */
function filenameOf(response: Response, bytes: Buffer): string {
  const disposition = response.headers.get('content-disposition') ?? '';
  const extended = /filename\*\s*=\s*utf-8''([^;\s]+)/i.exec(disposition)?.[1];
  const plain = /filename\s*=\s*(?:"([^"]*)"|([^;\s]+))/i.exec(disposition);
  const last = URL.parse(response.url)?.pathname.split('/').at(-1);
  const name = [decoded(extended), plain?.[1] ?? plain?.[2], decoded(last)].map(cleaned).find((each) => each !== '');
  return name ?? `response-${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}`;
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

const MAX_NAME = 200;

/** A name, never a path: what stands before the last separator is dropped, and all that a file system could take for more than a letter. */
const cleaned = (name: string | undefined): string =>
  (name?.split(/[/\\]/).at(-1) ?? '')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
    .replaceAll(/[\u0000-\u001f\u007f<>:"|?*]/g, '')
    .replace(/^\.+/, '')
    .toWellFormed()
    .slice(0, MAX_NAME)
    .trim();
