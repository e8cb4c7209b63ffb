/**
 * Makes the two invoices of this example, and expected.json with what is printed on them. The same bytes each time:
 *   node examples/invoice/make-documents.ts
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { drawPdf } from './draw-pdf.ts';
import { drawScan } from './draw-scan.ts';
import { GERMAN, NORTHWIND, totalsOf } from './invoices.ts';

const place = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const decimal = (hundredths: number): number => hundredths / 100;

const fieldsOf = (invoice: typeof NORTHWIND) => {
  const { net, tax, total } = totalsOf(invoice);
  return {
    InvoiceID: invoice.number,
    InvoiceDate: invoice.date,
    DueDate: invoice.due,
    Supplier: invoice.supplier.name,
    Customer: invoice.customer[0],
    IBAN: invoice.iban.replaceAll(' ', ''),
    Currency: invoice.currency,
    NetTotal: decimal(net),
    Tax: decimal(tax),
    Total: decimal(total),
  };
};

await writeFile(place('northwind-invoice.pdf'), await drawPdf(NORTHWIND));
await writeFile(place('scan-rechnung.jpg'), await drawScan(GERMAN));
const expected = { 'northwind-invoice.pdf': fieldsOf(NORTHWIND), 'scan-rechnung.jpg': fieldsOf(GERMAN) };
await writeFile(place('expected.json'), `${JSON.stringify(expected, null, 2)}\n`);
