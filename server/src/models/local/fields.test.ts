import { describe, expect, test } from 'vitest';
import { fieldOf } from '../testing/sample-fields.ts';
import { queryOf } from './fields.ts';
import { CONCEPTS } from './labels/concepts.ts';
import { ITEM_COLUMNS } from './labels/items.ts';
import { editDistance, fold, identifierTokens, phraseKey } from './tokens.ts';

describe('what a field means', () => {
  test.each([
    ['InvoiceID:string', 'invoice_number'],
    ['invoice_no:string', 'invoice_number'],
    ['Rechnungsnummer:string', 'invoice_number'],
    ['numero_factura:string', 'invoice_number'],
    ['InvoiceDate:date', 'issue_date'],
    ['date:date', 'issue_date'],
    ['dueDate:date', 'due_date'],
    ['totalAmount:money', 'gross'],
    ['grand_total:float', 'gross'],
    ['invoice_total_amount:money', 'gross'],
    ['Total:money', 'gross'],
    ['net_total:money', 'net'],
    ['subtotal:money', 'net'],
    ['VATAmount:money', 'tax'],
    ['total_tax:money', 'tax'],
    ['vat_rate:float', 'tax_rate'],
    ['supplier:string', 'supplier_name'],
    ['vendorName:string', 'supplier_name'],
    ['vendor_address:string', 'supplier_address'],
    ['customer_name:string', 'customer_name'],
    ['bill_to:string', 'customer_name'],
    ['customer_id:string', 'customer_number'],
    ['purchase_order:string', 'order_number'],
    ['po_number:string', 'order_number'],
    ['IBAN:iban', 'iban'],
    ['supplierVatId:string', 'vat_id'],
    ['phone_number:phone', 'phone'],
    ['currency_code:string', 'currency'],
    ['xyz:string', undefined],
    ['vessel_name:string', undefined],
    ['f1|Invoice ID:string', 'invoice_number'],
    ['invoice_number:date', undefined],
  ])('%s is %s', (field, concept) => {
    expect(queryOf(fieldOf(field), CONCEPTS).concept?.id).toBe(concept);
  });
  test.each([
    ['description:string', 'item_description'],
    ['qty:float', 'item_quantity'],
    ['unitPrice:money', 'item_unit_price'],
    ['amount:money', 'item_total'],
    ['Einzelpreis:money', 'item_unit_price'],
  ])('the column %s is %s', (field, concept) => {
    expect(queryOf(fieldOf(field), ITEM_COLUMNS).concept?.id).toBe(concept);
  });
  test('whose it is', () => {
    expect([
      queryOf(fieldOf('buyer_vat_id:string'), CONCEPTS).party,
      queryOf(fieldOf('seller_vat_id:string'), CONCEPTS).party,
      queryOf(fieldOf('vat_id:string'), CONCEPTS).party,
    ]).toEqual(['customer', 'supplier', undefined]);
  });
  test("the author's words are labels too, quoted ones the best", () => {
    const { phrases } = queryOf(fieldOf('vesselName|||stands behind "Name of ship":string'.replace('|||', '||')), CONCEPTS);
    expect(phrases.get('vessel name')).toBe(0.95);
    expect(phrases.get('name of ship')).toBe(1);
  });
});

test('no concept names a label twice with different strength, and every label survives folding', () => {
  for (const concept of [...CONCEPTS, ...ITEM_COLUMNS]) {
    for (const list of [concept.en, concept.de, concept.fr, concept.es, concept.names]) {
      for (const phrase of list.split(',')) expect(phraseKey(phrase), `${concept.id}: '${phrase}'`).not.toBe('');
    }
  }
  expect(new Set(CONCEPTS.map((concept) => concept.id)).size).toBe(CONCEPTS.length);
});

describe('tokens', () => {
  test.each([
    ['Rechnungs-Nr.:4711', 'rechnungs nr 4711'],
    ['T.V.A.', 'tva'],
    ['N° client', 'no client'],
    ['Nº', 'no'],
    ['№', 'no'],
    ['Invoice #:', 'invoice #'],
    ['Fälligkeit', 'falligkeit'],
    ['Straße', 'strasse'],
    ['USt-IdNr.', 'ust idnr'],
    ["d'échéance", 'd echeance'],
  ])('%s is %s', (text, key) => {
    expect(phraseKey(text)).toBe(key);
  });
  test.each([
    ['InvoiceID', 'invoice id'],
    ['IBANNumber', 'iban number'],
    ['due_date', 'due date'],
    ['vatID2', 'vat id2'],
    ['rechnungs-nr', 'rechnungs nr'],
  ])('the identifier %s is %s', (id, words) => {
    expect(identifierTokens(id).join(' ')).toBe(words);
  });
  test('distance counts a swap as one', () => {
    expect([
      editDistance('invoice', 'invocie', 2),
      editDistance('invoice', 'lnvoice', 2),
      editDistance('total', 'gross', 2),
      editDistance('', 'ab', 2),
    ]).toEqual([1, 1, 3, 2]);
    expect(fold('ÀÉÎ ﬁ')).toBe('aei fi');
  });
});
