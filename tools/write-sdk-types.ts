/** Writes sdk/src/api.ts: the API's types, from docs/reference/openapi.json. */
import { readFile, writeFile } from 'node:fs/promises';
import { makeSdkTypes, type SdkDocument } from './sdk-types.ts';

const root = new URL('../', import.meta.url);
const document = JSON.parse(await readFile(new URL('docs/reference/openapi.json', root), 'utf8')) as SdkDocument;
await writeFile(new URL('sdk/src/api.ts', root), makeSdkTypes(document));
