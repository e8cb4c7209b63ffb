import { badRequest } from '#base';

const SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/; // a leading dot is the store's own (.incoming) or a step upwards
const MAX_KEY_LENGTH = 1024;

/**
 * Refuses a key that could mean anything but one object below the store's root: steps upwards, empty segments, backslashes, NUL.
 * The last line of defence; keys that users send are judged by `parseFileUri` and found through the `files` table.
 */
export function checkObjectKey(key: string): string {
  if (key.length > MAX_KEY_LENGTH || !key.split('/').every((segment) => SEGMENT.test(segment))) throw badRequest('Invalid file key');
  return key;
}
