import type { Concept } from './concept.ts';

/** Moments that documents name. */
export const DATES: Concept[] = [
  {
    id: 'issue_date',
    kind: 'date',
    names: 'date, issue date, date of issue, document date, created, issued, transaction date, receipt date, purchase date',
    en: `
      invoice date, date of invoice, inv date, issue date, date of issue, date issued, issued on, issued, bill date, billing date,
      document date, doc date, tax point, tax invoice date, statement date, receipt date, dated, date`,
    de: `
      rechnungsdatum, rechnungs datum, datum der rechnung, ausstellungsdatum, belegdatum, beleg datum, rechnung vom, fakturadatum,
      ausgestellt am, datum, re datum`,
    fr: `
      date de facture, date facture, date de facturation, date d emission, emise le, date de la facture, emis le, facture du, date, fait
      le`,
    es: `
      fecha de factura, fecha factura, fecha de emision, fecha emision, fecha de expedicion, fecha expedicion, emitida el, fecha de la
      factura, fecha`,
    weak: 'date, datum, fecha, issued, dated, fait le',
  },
  {
    id: 'due_date',
    kind: 'date',
    names: 'due, due on, payment due, payment deadline, payable until, date due',
    en: `
      due date, payment due, payment due date, date due, due on, due by, pay by, payable by, payment date, due, payment due by, invoice
      due, invoice due date, please pay by`,
    de: `
      falligkeitsdatum, faelligkeitsdatum, fallig am, faellig am, fallig, faellig, falligkeit, faelligkeit, zahlbar bis, zahlungsziel,
      zahlbar bis zum, zu zahlen bis, zahlungstermin, fallig bis, zahlungsdatum, bitte zahlen sie bis, bis spatestens, bis zum, netto fallig am`,
    fr: `
      date d echeance, echeance, date echeance, a payer avant le, payable avant le, date limite de paiement, a regler avant le, date de
      paiement, payable le, echeance le, date de reglement`,
    es: `
      fecha de vencimiento, vencimiento, fecha vencimiento, vence el, fecha limite de pago, fecha de pago, pagar antes del, vence, fecha
      limite`,
    weak: 'due, bis zum, zahlungsziel, payment date, fecha de pago, date de paiement',
  },
  {
    id: 'delivery_date',
    kind: 'date',
    names: 'delivered on, ship date, shipping date, service date, date of supply',
    en: `
      delivery date, date of delivery, delivered on, ship date, shipping date, date shipped, service date, date of service, date of
      supply, supply date, performance date`,
    de: `
      lieferdatum, liefertermin, leistungsdatum, datum der lieferung, geliefert am, versanddatum, lieferung am, leistungszeitpunkt,
      liefer und leistungsdatum, lieferdatum leistungsdatum, datum der leistung`,
    fr: 'date de livraison, date livraison, livre le, date de prestation, date d expedition, date d execution, date de la prestation',
    es: `
      fecha de entrega, fecha entrega, fecha de envio, fecha de operacion, fecha operacion, fecha de servicio, entregado el, fecha de
      prestacion`,
  },
  {
    id: 'order_date',
    kind: 'date',
    names: 'ordered on, purchase order date, po date',
    en: 'order date, date of order, ordered on, po date, purchase order date, order placed',
    de: 'bestelldatum, auftragsdatum, bestellt am, datum der bestellung, bestellung vom, auftrag vom',
    fr: 'date de commande, date commande, commande le, commande du',
    es: 'fecha de pedido, fecha pedido, fecha del pedido',
  },
  {
    id: 'period_start',
    kind: 'date',
    names: 'service period start, period from, start date, from date, valid from',
    en: 'start date, period start, from, valid from, service period, billing period, period, start of period, effective date',
    de: 'leistungszeitraum, abrechnungszeitraum, zeitraum, von, beginn, gultig ab, leistungszeitraum von',
    fr: 'periode, date de debut, periode du, du, debut, periode de facturation, valable a partir du',
    es: 'periodo, fecha de inicio, desde, periodo de facturacion, inicio, periodo facturado',
    weak: 'from, von, du, desde, beginn, debut, inicio, period, zeitraum, periode, periodo',
  },
  {
    id: 'period_end',
    kind: 'date',
    names: 'service period end, period to, end date, to date, valid until, expiry date',
    en: 'end date, period end, to, valid until, valid to, expiry date, expires, expires on, end of period',
    de: 'bis, ende, gultig bis, ablaufdatum, leistungszeitraum bis',
    fr: 'date de fin, au, fin, valable jusqu au, date d expiration',
    es: 'fecha de fin, hasta, fin, valido hasta, fecha de caducidad',
    weak: 'to, bis, au, hasta, ende, fin',
  },
  {
    id: 'birth_date',
    kind: 'date',
    names: 'dob, birthday, date of birth',
    en: 'date of birth, birth date, dob, born, born on',
    de: 'geburtsdatum, geboren am, geb am, geburtstag',
    fr: 'date de naissance, ne le, nee le, ne e le',
    es: 'fecha de nacimiento, nacido el, nacimiento',
  },
];
