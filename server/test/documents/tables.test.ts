/** Line items of invoices come out row by row and column by column, whatever the format: born as a table, or only looking like one. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLog, type Json, type JsonObject } from '#base';
import { createDocumentReader, type DocumentReader } from '#documents';
import { catalogue } from '#executors';
import { checkSchema } from '#language';
import { BUCKET, contextOf, filesOf } from '../../src/executors/testing/executor-context.ts';
import { asCsv, asDocx, asPdf, asXlsx, type Row, type SampleInvoice, sampleInvoice } from './line-items.ts';

const INVOICES = Array.from({ length: 16 }, (_, seed) => sampleInvoice(seed));
const FORMATS: Record<string, { mimeType: string; make(invoice: SampleInvoice): Buffer | Promise<Buffer> }> = {
  pdf: { mimeType: 'application/pdf', make: asPdf },
  docx: { mimeType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', make: asDocx },
  xlsx: { mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', make: asXlsx },
  csv: { mimeType: 'text/csv', make: asCsv },
};
const COLUMNS = [
  { id: 'description' },
  { id: 'quantity', data_type: 'float' },
  { id: 'unit_price', data_type: 'money' },
  { id: 'total', data_type: 'money' },
];
const executor = catalogue.get('doc_to_structured');

let documents: DocumentReader;
beforeAll(() => {
  documents = createDocumentReader({ log: createLog({ level: 'silent' }), cores: 1 });
});
afterAll(() => documents.close());

async function run(files: Record<string, { bytes: Buffer; contentType: string }>, parameters: object): Promise<JsonObject> {
  const outcome = await executor?.run(parameters as JsonObject, contextOf({ files: filesOf(files), documents }));
  if (outcome?.status !== 'completed') throw new Error(JSON.stringify(outcome));
  expect(checkSchema(structuredClone(executor?.outputSchema(parameters as JsonObject)) ?? {}, outcome.output)).toEqual([]);
  return outcome.output as JsonObject;
}

const uri = (name: string): string => `gs://${BUCKET}/${name}`;
const wanted = (rows: Row[]): Json =>
  rows.map(({ description, quantity, unit_price, total }) => ({ description, quantity, unit_price, total }));

describe.each(Object.entries(FORMATS))('%s', (_name, { mimeType, make }) => {
  test.each(INVOICES.map((invoice) => [invoice.number, invoice.language, invoice.rows.length, invoice] as const))(
    'invoice %s (%s, %d lines): every row and column, with its place',
    async (_number, _language, _count, invoice) => {
      const fields = [
        { id: 'number', title: 'Invoice number' },
        { id: 'items', data_type: 'table', columns: COLUMNS },
      ];
      const output = await run({ a: { bytes: await make(invoice), contentType: mimeType } }, { document_url: uri('a'), fields });
      expect(output['items']).toEqual(wanted(invoice.rows));
      const { items } = output['_evidence'] as {
        items: Record<string, { page: number; box: number[]; text: string; confidence: number }>[];
      };
      expect(items).toHaveLength(invoice.rows.length);
      for (const row of items) {
        for (const cell of Object.values(row)) {
          expect(cell.page).toBeGreaterThan(0);
          expect(cell.box).toHaveLength(4);
          expect(cell.confidence).toBeGreaterThan(0.8);
        }
      }
    },
  );
});

const [first, second] = [sampleInvoice(100), sampleInvoice(104)];

test('two documents in one task: a field is looked for where it says, or in all, and its evidence tells which', async () => {
  const files = {
    a: { bytes: asXlsx(first), contentType: FORMATS['xlsx']?.mimeType ?? '' },
    b: { bytes: await asPdf(second), contentType: 'application/pdf' },
  };
  const output = await run(files, {
    documents: [
      { name: 'order', document_url: uri('a') },
      { name: 'invoice', document_url: uri('b') },
    ],
    fields: [
      { id: 'order_number', title: 'Invoice number', document: 'order' },
      { id: 'invoice_number', title: 'Invoice number', document: 1 },
      { id: 'any_number', title: 'Invoice number' },
      { id: 'ordered', data_type: 'table', columns: COLUMNS, document: 'order' },
      { id: 'all', data_type: 'list', fields: COLUMNS },
    ],
  });
  expect(output).toMatchObject({
    order_number: first.number,
    invoice_number: second.number,
    ordered: wanted(first.rows),
    all: wanted([...first.rows, ...second.rows]),
  });
  const evidence = output['_evidence'] as Record<
    string,
    { document: number; reason: string; confidence: number } & { total: { document: number } }[]
  >;
  expect([evidence['order_number']?.document, evidence['invoice_number']?.document]).toEqual([0, 1]);
  expect(evidence['any_number']?.reason).toMatch(/; document \d says 'X-1\d+'$/);
  expect(evidence['any_number']?.confidence).toBeLessThan(evidence['order_number']?.confidence ?? 0);
  expect(evidence['all']?.map((row) => row.total.document)).toEqual([...first.rows.map(() => 0), ...second.rows.map(() => 1)]);
});

test('objects within objects and within rows keep their shape', async () => {
  const fields = [
    {
      id: 'invoice',
      data_type: 'object',
      fields: [
        { id: 'head', data_type: 'object', fields: [{ id: 'number', title: 'Invoice number' }] },
        {
          id: 'lines',
          data_type: 'list',
          fields: [
            { id: 'article', data_type: 'object', fields: [{ id: 'description' }] },
            {
              id: 'price',
              data_type: 'object',
              fields: [
                { id: 'unit_price', data_type: 'money' },
                { id: 'total', data_type: 'money' },
              ],
            },
          ],
        },
      ],
    },
  ];
  const output = await run(
    { a: { bytes: asDocx(first), contentType: FORMATS['docx']?.mimeType ?? '' } },
    { document_url: uri('a'), fields },
  );
  expect(output['invoice']).toEqual({
    head: { number: first.number },
    lines: first.rows.map(({ description, unit_price, total }) => ({ article: { description }, price: { unit_price, total } })),
  });
  expect(output).toMatchObject({
    _evidence: {
      invoice: [
        { head: [{ number: { page: 1 } }], lines: expect.arrayContaining([{ article: [expect.anything()], price: [expect.anything()] }]) },
      ],
    },
  });
});

test('a column may be named by its position; the output of doc_to_text serves as well as the file', async () => {
  const read = await catalogue
    .get('doc_to_text')
    ?.run(
      { document_url: uri('a') },
      contextOf({ files: filesOf({ a: { bytes: Buffer.from('x;y;z\nrope;3;1,50\nwire;4;2,00\n'), contentType: 'text/csv' } }), documents }),
    );
  const document = read?.status === 'completed' ? read.output : null;
  const columns = [
    { id: 'what', instructions: 'column 1' },
    { id: 'price', data_type: 'money', instructions: 'Column 3' },
  ];
  const output = await run({}, { document, fields: [{ id: 'rows', data_type: 'table', columns }] });
  expect(output['rows']).toEqual([
    { what: 'rope', price: 1.5 },
    { what: 'wire', price: 2 },
  ]);
});
