import { availableParallelism } from 'node:os';
import { Type } from 'typebox';
import type { Json, JsonObject, JsonSchema } from '#base';
import { DEFAULT_LIMITS, type Document } from '#documents';
import { parametersOf } from '../check-parameters.ts';
import type { Executor, ExecutorContext, Outcome } from '../contract.ts';
import { aborted, failed, outcomeOfError } from '../outcomes.ts';

/** Values of `worker` that mean what is done anyway: text is read on this server. */
const LOCAL_WORKERS = new Set(['', 'local', 'tesseract']);

const parametersSchema = Type.Object(
  {
    document_url: Type.String({ minLength: 1, maxLength: 2048, description: 'gs:// URI of the file, most often {{<task>.document_url}}.' }),
    mime_type: Type.Optional(
      Type.Union([Type.String({ maxLength: 255 }), Type.Null()], {
        description: "The file's type; default: what was found when it was uploaded.",
      }),
    ),
    worker: Type.Optional(
      Type.String({ maxLength: 255, description: 'Kept for flows that name a model here. Text is read on this server, whatever it says.' }),
    ),
    languages: Type.Optional(
      Type.Array(Type.Union([Type.Literal('en'), Type.Literal('de'), Type.Literal('fr'), Type.Literal('es')]), {
        minItems: 1,
        uniqueItems: true,
        description: 'Languages that scanned pages may be in; default en and de. Fewer are read faster and with fewer slips.',
      }),
    ),
    password: Type.Optional(Type.String({ maxLength: 1024, 'x-secret': true, description: 'Opens an encrypted PDF: {{secrets.NAME}}.' })),
  },
  { additionalProperties: false },
);
const check = parametersOf(parametersSchema);

const share = { type: 'number', minimum: 0, maximum: 1 };
const box = {
  type: 'array',
  items: share,
  minItems: 4,
  maxItems: 4,
  description: '[x0, y0, x1, y1] in 0..1 of the page, origin top left.',
};
const cellSchema = {
  type: 'object',
  properties: { text: { type: 'string' }, box },
  required: ['text', 'box'],
  additionalProperties: false,
};

/** The shape of DESIGN's documents, closed: what a reference may name is what is here. */
const outputSchema: JsonSchema = {
  type: 'object',
  properties: {
    text: { type: 'string', description: 'The pages in order, an empty line between them.' },
    language: { type: ['string', 'null'], description: 'ISO 639-1 code, null where there is too little text.' },
    pages: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          number: { type: 'integer', minimum: 1 },
          title: { type: 'string', description: 'Name of the sheet, or of the attachment that the page comes from.' },
          width: {
            type: 'number',
            description:
              'In points (PDF), pixels (pictures), or characters (text, Word, Excel, CSV, HTML, e-mail: their lines are the height).',
          },
          height: { type: 'number' },
          text: { type: 'string', description: 'Line by line; rows of a table with tabs between the cells, where the format has tables.' },
          quality: { ...share, description: 'How far the words can be trusted; below 0.6 a person should look.' },
          words: {
            type: 'array',
            items: {
              type: 'object',
              properties: {
                text: { type: 'string' },
                box,
                confidence: share,
              },
              required: ['text', 'box', 'confidence'],
              additionalProperties: false,
            },
          },
          tables: {
            type: 'array',
            description: 'Only of Word, Excel, CSV and HTML, which know their tables.',
            items: {
              type: 'object',
              properties: {
                rows: { type: 'array', items: { type: 'array', items: cellSchema } },
                continues: { type: 'boolean', description: 'Whether it goes on from the page before.' },
              },
              required: ['rows', 'continues'],
              additionalProperties: false,
            },
          },
        },
        required: ['number', 'width', 'height', 'text', 'quality', 'words'],
        additionalProperties: false,
      },
    },
  },
  required: ['text', 'language', 'pages'],
  additionalProperties: false,
};

const toOutput = (document: Document): JsonObject => ({
  text: document.text,
  language: document.language,
  pages: document.pages.map(({ number, title, width, height, text, quality, words, tables }) => ({
    number,
    ...(title === undefined ? {} : { title }),
    width,
    height,
    text,
    quality,
    words: words.map((word) => ({ text: word.text, box: word.box, confidence: word.confidence })),
    ...(tables === undefined ? {} : { tables: tables as unknown as Json }),
  })),
});

/** `quality` is that of the worst page: the one that a person should see. */
function toSummary(document: Document, worker: string | undefined): JsonObject {
  const summary: JsonObject = {
    pages: document.pages.length,
    word_count: document.pages.reduce((count, page) => count + page.words.length, 0),
    ocr_pages: document.pages.filter((page) => page.source !== 'text_layer').length,
    quality: Math.min(1, ...document.pages.map((page) => page.quality)),
  };
  if (worker !== undefined && !LOCAL_WORKERS.has(worker)) {
    summary['note'] = `doc_to_text reads text on this server; the worker '${worker.slice(0, 100)}' was not used.`;
  }
  return summary;
}

async function run(raw: JsonObject, context: ExecutorContext): Promise<Outcome> {
  if (context.signal.aborted) return aborted();
  const checked = check(raw);
  if ('outcome' in checked) return checked.outcome;
  const { document_url: uri, mime_type: mimeType, worker, languages, password } = checked.value;
  try {
    const file = await context.files.describe(uri);
    if (file.sizeBytes > DEFAULT_LIMITS.inputBytes) return tooLarge(file.sizeBytes);
    const document = await context.documents.read(await context.files.read(uri), {
      mimeType: mimeType ?? file.contentType,
      filename: file.filename ?? undefined,
      ...(languages === undefined ? {} : { languages }),
      ...(password === undefined ? {} : { password }),
      signal: context.signal,
    });
    const summary = toSummary(document, worker);
    context.log.info({ ...summary, language: document.language }, 'read the document');
    return { status: 'completed', output: toOutput(document), summary };
  } catch (error) {
    return outcomeOfError(error, context.signal);
  }
}

/** Refused before it is read into memory. */
const tooLarge = (sizeBytes: number): Outcome =>
  failed(
    'document_too_large',
    `The file has ${sizeBytes} bytes; at most ${DEFAULT_LIMITS.inputBytes} are read. Split it or scan it at a lower resolution.`,
  );

/** Reads the text of a document with the place of each word: the text layer where there is one, OCR where there is none. */
export const docToText: Executor = {
  name: 'doc_to_text',
  title: 'Document to Text',
  description:
    'Reads the text of a PDF, picture, Word, Excel, CSV, HTML, e-mail or text file, page by page, with the place of each word; scans and pictures are read by OCR.',
  agentPrompt:
    'Use it to get the words of a document. Set document_url to {{<input task>.document_url}} and mime_type to {{<input task>.mime_type}}. Reads PDF, PNG, JPEG, TIFF, WebP, docx, xlsx, csv, html, eml (with its attachments), txt and md. ' +
    'It answers text (the whole), language and pages (number, width, height, text, quality 0..1, words with box and confidence, title of a sheet or attachment, tables where the format has them). Give languages (en, de, fr, es) for scans, password for encrypted PDFs. ' +
    'To get named values, use doc_to_structured instead: it reads the document itself.',
  isInput: false,
  isSchedulable: false,
  parametersSchema: { ...parametersSchema },
  flowInputSchema: null,
  outputSchema: () => outputSchema,
  defaultReferenceMode: 'single',
  pure: false,
  concurrency: availableParallelism(),
  defaultTimeoutMs: 600_000,
  example: {
    definition: [
      'name: Read a document',
      'tasks:',
      '  - name: receive',
      '    task_executor_name: receive_file',
      '    parameters: {}',
      '  - name: read',
      '    task_executor_name: doc_to_text',
      '    parameters:',
      '      document_url: "{{receive.document_url}}"',
      '      mime_type: "{{receive.mime_type}}"',
      '      languages: [en, de]',
      '',
    ].join('\n'),
    input: { file_key: 'documents/report.pdf' },
  },
  run,
};
