import type { Concept } from './concept.ts';

/** Numbers that name a document, a deal or a party. */
export const IDENTIFIERS: Concept[] = [
  {
    id: 'invoice_number',
    kind: 'identifier',
    names: 'invoice id, invoice identifier, bill id, document number, document id, invoice code, receipt id, rechnungs id',
    en: `
      invoice number, invoice no, invoice nr, invoice num, invoice #, invoice id, invoice ref, invoice reference, inv no, inv number,
      inv #, inv nr, tax invoice no, tax invoice number, bill no, bill number, bill #, number of invoice, receipt no, receipt number,
      receipt #, credit note no, credit note number, document no, document number, doc no, invoice, number, no, ref`,
    de: `
      rechnungsnummer, rechnungs nr, rechnungsnr, rechnung nr, rechnung nummer, rechnungs nummer, rechn nr, re nr, rg nr, rnr,
      belegnummer, beleg nr, belegnr, faktura nr, fakturanummer, gutschriftsnummer, gutschrift nr, dokumentnummer, quittung nr,
      quittungsnummer, bon nr, rechnung, nummer, nr`,
    fr: `
      numero de facture, no de facture, n facture, facture no, facture n, facture numero, no facture, num facture, numero facture, ref
      facture, reference facture, facture #, numero de la facture, numero du document, no de document, no avoir, numero d avoir, facture, numero, no, ref`,
    es: `
      numero de factura, no de factura, n factura, factura no, factura n, factura numero, num factura, numero factura, no factura,
      factura num, num de factura, nro factura, nro de factura, factura nro, factura #, numero de documento, factura, numero, no, num, ref`,
    weak: `
      invoice, rechnung, facture, factura, document no, document number, doc no, dokumentnummer, numero de documento, numero du
      document, no de document, number, no, ref, nummer, nr, numero, num`,
  },
  {
    id: 'order_number',
    kind: 'identifier',
    names: 'po, po id, purchase order, order id, order reference, purchase order id, order',
    en: `
      purchase order number, purchase order no, purchase order #, purchase order, po number, po no, po #, p o number, po, order number,
      order no, order #, order id, your order, your order no, customer order, customer po, order reference, order ref, sales order, so
      number`,
    de: `
      bestellnummer, bestell nr, bestellnr, bestellung nr, ihre bestellung, ihre bestellnummer, auftragsnummer, auftrags nr, auftragsnr,
      auftrag nr, bestellung, auftrag, ihr auftrag, bestellreferenz`,
    fr: `
      numero de commande, no de commande, n commande, commande no, commande n, bon de commande, no bon de commande, bon de commande no,
      ref commande, reference commande, votre commande, numero de bon de commande, commande`,
    es: `
      numero de pedido, no de pedido, n pedido, pedido no, pedido n, numero pedido, orden de compra, no orden de compra, numero de
      orden, su pedido, num pedido, orden de compra no, pedido`,
    weak: 'bestellung, auftrag, commande, pedido, purchase order, your order, customer order, bon de commande, orden de compra',
  },
  {
    id: 'customer_number',
    kind: 'identifier',
    names: 'customer id, client id, customer no, buyer number, debitor number, account id',
    en: `
      customer number, customer no, customer #, customer id, customer nr, customer code, cust no, cust id, client number, client no,
      client id, client #, customer account, your customer number, customer account no, account no, account number, account #, customer
      ref, debtor no`,
    de: `
      kundennummer, kunden nr, kundennr, kd nr, kdnr, kunde nr, ihre kundennummer, debitorennummer, debitor, debitoren nr, kunden id,
      mandantennummer`,
    fr: `
      numero client, no client, n client, numero de client, code client, ref client, reference client, no de client, client no, client
      n, compte client, identifiant client`,
    es: `
      numero de cliente, no de cliente, n cliente, no cliente, numero cliente, codigo cliente, codigo de cliente, cod cliente, cliente
      no, cliente n, id cliente, num cliente`,
    weak: 'account no, account number, account #, debitor',
  },
  {
    id: 'supplier_number',
    kind: 'identifier',
    names: 'supplier id, vendor id',
    en: 'supplier number, supplier no, supplier id, vendor number, vendor no, vendor id, vendor #',
    de: 'lieferantennummer, lieferanten nr, lieferantennr, kreditorennummer, kreditor',
    fr: 'numero fournisseur, no fournisseur, code fournisseur',
    es: 'numero de proveedor, no proveedor, codigo proveedor, codigo de proveedor',
  },
  {
    id: 'delivery_note_number',
    kind: 'identifier',
    names: 'delivery note, delivery note id, packing slip',
    en: 'delivery note number, delivery note no, delivery note, delivery no, packing slip no, packing slip, shipment no, dispatch note',
    de: 'lieferscheinnummer, lieferschein nr, lieferscheinnr, lieferschein, ls nr',
    fr: 'numero de bon de livraison, bon de livraison no, no bl, bon de livraison, no bon de livraison',
    es: 'numero de albaran, no albaran, albaran no, albaran n, albaran',
  },
  {
    id: 'contract_number',
    kind: 'identifier',
    names: 'contract id, policy id',
    en: 'contract number, contract no, contract #, policy number, policy no, agreement no',
    de: 'vertragsnummer, vertrags nr, vertragsnr, vertragskonto, versicherungsnummer, policennummer',
    fr: 'numero de contrat, no de contrat, contrat no, no contrat, numero de police',
    es: 'numero de contrato, no de contrato, contrato no, no contrato, numero de poliza',
  },
  {
    id: 'reference',
    kind: 'identifier',
    names: 'reference number, payment reference, ref',
    en: 'reference, reference no, reference number, our reference, our ref, your reference, your ref, payment reference, ref, ref no',
    de: 'referenz, referenznummer, unser zeichen, ihr zeichen, verwendungszweck, aktenzeichen, zeichen, vorgangsnummer',
    fr: 'reference, notre reference, votre reference, nos references, vos references, ref',
    es: 'referencia, nuestra referencia, su referencia, ref, n referencia',
    weak: 'ref, zeichen',
  },
  {
    id: 'project_number',
    kind: 'identifier',
    names: 'project id, job number',
    en: 'project number, project no, job no, job number, project id',
    de: 'projektnummer, projekt nr, objektnummer, objekt nr',
    fr: 'numero de projet, projet no, no affaire, numero d affaire',
    es: 'numero de proyecto, proyecto no',
  },
  {
    id: 'registration_number',
    kind: 'identifier',
    party: 'supplier',
    names: 'company number, company registration, commercial register, siret, siren, hrb',
    en: `
      company number, company no, company registration, company registration no, registration no, registration number, reg no,
      registered number, company reg no, co reg no, registered in england`,
    de: 'handelsregister, handelsregisternummer, hrb, hra, registergericht, amtsgericht, hr nr, firmenbuchnummer',
    fr: 'siret, siren, no siret, rcs, numero siret, numero siren, no siren',
    es: 'registro mercantil, inscrita en el registro mercantil',
    weak: 'registergericht, amtsgericht, handelsregister, registro mercantil, registered in england, inscrita en el registro mercantil',
  },
  {
    id: 'tax_number',
    kind: 'identifier',
    names: 'tax id, tax identification number, tin, steuernummer',
    en: `
      tax number, tax no, tax id, tax identification number, tin, ein, federal tax id, tax registration no, gst no, gst id, gst reg no,
      gst number, gstin, abn, utr`,
    de: 'steuernummer, steuer nr, steuernr, st nr, stnr, steuer id',
    fr: 'numero fiscal, identifiant fiscal, no fiscal',
    es: 'nif, cif, numero de identificacion fiscal, identificacion fiscal, rfc, ruc, rut, cuit',
  },
  {
    id: 'article_number',
    kind: 'identifier',
    names: 'item code, sku, product code, article, item number, product id, article id',
    en: `
      item no, item number, item code, sku, product code, product no, article no, article number, part no, part number, code, item #,
      product id`,
    de: 'artikelnummer, artikel nr, artikelnr, art nr, artnr, produktnummer, produkt nr, materialnummer, teilenummer',
    fr: 'reference article, code article, ref article, no article, code produit, reference produit',
    es: 'codigo articulo, codigo de articulo, codigo producto, cod articulo, referencia articulo, codigo',
    weak: 'code, codigo',
  },
];
