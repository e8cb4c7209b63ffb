import { badRequest, type Id, parseId } from '#base';

export interface FileLocation {
  bucket: string;
  /** The object's key below the bucket: `flows/{flow_id}/documents/{id}`. */
  key: string;
}

const SCHEME = 'gs://';
const MAX_DECODINGS = 5; // nobody encodes five times by accident

/**
 * Reads a storage URI of the wire. Throws `bad_request` with a message of its own for each of the three cases (scheme, format, path) and for
 * a path that tries to leave its place. Whether the bucket is ours and the flow visible is the caller's question (core.md 8).
 */
export function parseFileUri(uri: string): FileLocation {
  if (!uri.startsWith(SCHEME)) throw badRequest(`Unsupported URI scheme: a storage URI begins with ${SCHEME}`);
  const rest = uri.slice(SCHEME.length);
  const slash = rest.indexOf('/');
  const bucket = slash === -1 ? rest : rest.slice(0, slash);
  if (slash === -1 || bucket === '') throw badRequest('Invalid URI format: expected gs://bucket/path');
  if (slash === rest.length - 1) throw badRequest('Invalid URI: the path of the file is missing');
  return { bucket, key: parseFileKey(rest.slice(slash + 1)) };
}

/**
 * Checks a key that a user sent: no step upwards, empty segment, backslash or control character, however often it is percent-encoded.
 * Throws `bad_request`. The key is answered as it was sent: it is looked up in the `files` table, never joined to a path.
 */
export function parseFileKey(key: string): string {
  let seen = key;
  for (let i = 0; ; i++) {
    if (key === '' || i === MAX_DECODINGS || seen.split('/').some(isSuspect)) throw badRequest('Invalid file path');
    const decoded = decodeOnce(seen);
    if (decoded === seen) return key;
    seen = decoded;
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const FORBIDDEN = /[\\\u0000-\u001f\u007f]/;
const isSuspect = (segment: string) => segment === '' || segment === '.' || segment === '..' || FORBIDDEN.test(segment);

function decodeOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badRequest('Invalid file path');
  }
}

/** The flow whose document a key is; undefined for any other object of the bucket. */
export function flowOfKey(key: string): Id | undefined {
  const [folder, flowId, ...rest] = key.split('/');
  return folder === 'flows' && flowId !== undefined && rest.length > 0 ? parseId(flowId) : undefined;
}

export const toFileUri = (bucket: string, key: string): string => `${SCHEME}${bucket}/${key}`;
