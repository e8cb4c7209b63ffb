import { describe, expect, test } from 'vitest';
import { flowOfKey, parseFileKey, parseFileUri, toFileUri } from './parse-file-uri.ts';

const FLOW = '0190b8f2-7c1a-7000-8000-000000000001';
const KEY = `flows/${FLOW}/documents/0190b8f2-7c1a-7000-8000-000000000002`;

test('a URI of ours is read back as its bucket and key', () => {
  expect(parseFileUri(toFileUri('flow-files', KEY))).toEqual({ bucket: 'flow-files', key: KEY });
});

describe('each malformed URI has its own message', () => {
  test.each([
    ['', /scheme/],
    ['s3://bucket/key', /scheme/],
    ['GS://bucket/key', /scheme/],
    ['https://storage.googleapis.com/bucket/key', /scheme/],
    ['gs%3A%2F%2Fbucket%2Fkey', /scheme/],
    ['gs://bucket', /format/],
    ['gs:///key', /format/],
    ['gs://', /format/],
    ['gs://bucket/', /path/],
  ])('%s', (uri, message) => {
    expect(() => parseFileUri(uri)).toThrow(expect.objectContaining({ code: 'bad_request', message: expect.stringMatching(message) }));
  });
});

describe('a path that leaves its place is refused', () => {
  test.each([
    `flows/${FLOW}/../../etc/passwd`,
    `flows/${FLOW}/..`,
    `flows/${FLOW}/%2e%2e/secret`,
    `flows/${FLOW}/%252e%252e/secret`,
    `flows/${FLOW}/%25252e%25252e%25252fsecret`,
    `flows/${FLOW}/%2525252525252e`,
    `flows/${FLOW}/..%2fsecret`,
    `flows/${FLOW}/..\\secret`,
    `flows/${FLOW}/..%5csecret`,
    `flows/${FLOW}/a%00b`,
    `flows/${FLOW}/a\u0000b`,
    `flows/${FLOW}/a\nb`,
    `flows/${FLOW}//documents`,
    `flows/${FLOW}/./documents`,
    `flows/${FLOW}/documents/`,
    `/flows/${FLOW}/documents/x`,
    `flows/${FLOW}/%zz`,
    '..',
    '',
  ])('%j', (key) => {
    expect(() => parseFileKey(key)).toThrow(expect.objectContaining({ code: 'bad_request' }));
    if (key !== '') expect(() => parseFileUri(`gs://flow-files/${key}`)).toThrow(expect.objectContaining({ code: 'bad_request' }));
  });

  test('dots inside a name are no step', () => {
    expect(parseFileKey('flows/x/a..b')).toBe('flows/x/a..b');
    expect(parseFileKey('flows/x/...')).toBe('flows/x/...');
  });
});

test('the flow of a key is its second segment, of flows alone', () => {
  expect(flowOfKey(KEY)).toBe(FLOW);
  expect(flowOfKey(KEY.toUpperCase().replace('FLOWS', 'flows').replace('DOCUMENTS', 'documents'))).toBe(FLOW);
  expect(flowOfKey(`flows/${FLOW}`)).toBeUndefined();
  expect(flowOfKey('flows/nothing/documents/x')).toBeUndefined();
  expect(flowOfKey(`databases/${FLOW}/documents/x.csv`)).toBeUndefined();
});
