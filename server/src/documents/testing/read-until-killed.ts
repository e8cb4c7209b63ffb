/** A process that reads a document which takes long: a test kills it, and looks at what it leaves. */
import { setTimeout as wait } from 'node:timers/promises';
import { createLog } from '#base';
import { createDocumentReader } from '../create-document-reader.ts';
import { drawingBomb } from './sample-documents.ts';

const limits = { stepTimeoutMs: 600_000, documentTimeoutMs: 600_000, textBytes: 4 * 1024 ** 3, processBytes: 4 * 1024 ** 3 };
const reader = createDocumentReader({ log: createLog({ level: 'silent' }), cores: 1, limits });
await reader.read(Buffer.from('the parser has started'), {});
const reading = reader.read(drawingBomb(), { mimeType: 'application/pdf' });
await wait(500); // its main thread is then deep in the page, and hears nothing
process.stdout.write('reading\n');
await reading;
