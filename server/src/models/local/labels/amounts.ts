import type { Concept } from './concept.ts';

/** Sums, rates and quantities. `net`, `tax` and `gross` prove one another (find-sums.ts). */
export const AMOUNTS: Concept[] = [
  {
    id: 'net',
    kind: 'amount',
    names: `
      net, net total, total net, amount net, net sum, total without tax, total excluding vat, total ex vat, subtotal, sub total, net
      value, amount excl tax, taxable amount`,
    en: `
      total sales excluding gst, total excluding gst, total excl gst, total sales excl gst, total excl of gst,
      net total, net amount, total net, subtotal, sub total, net, net value, total excl vat, total excluding vat, total ex vat, total
      excl tax, total before tax, amount before tax, total exclusive of vat, taxable amount, amount excl vat, total net amount, net
      invoice amount, total without vat, net sum, total excluding tax, sum net, goods total, excl vat`,
    de: `
      nettobetrag, netto, netto betrag, nettosumme, summe netto, gesamt netto, zwischensumme, netto gesamt, gesamtbetrag netto,
      gesamtsumme netto, summe ohne mwst, nettowert, warenwert, warenwert netto, rechnungsbetrag netto, betrag netto, summe exkl mwst,
      total exkl mwst, nettoentgelt, entgelt netto, gesamtnettobetrag, netto summe, positionen netto, gesamt ohne mwst`,
    fr: `
      total ht, montant ht, total hors taxes, montant hors taxes, sous total, total h t, montant total ht, total net ht, base ht, net
      ht, sous total ht, total hors tva, montant hors tva, prix total ht, total htva`,
    es: `
      base imponible, subtotal, importe neto, total neto, neto, total sin iva, total base imponible, suma, importe sin iva, base, total
      antes de impuestos, importe base`,
    weak: 'net, netto, neto, suma, base, warenwert, excl vat',
  },
  {
    id: 'tax',
    kind: 'amount',
    names: 'tax, total tax, tax total, vat, vat total, total vat, tax sum, sales tax, gst, mwst, tva, iva, vat value',
    en: `
      vat, vat amount, tax, tax amount, sales tax, total vat, total tax, vat total, gst, gst amount, plus vat, value added tax, v a t,
      total gst, hst, tax total, plus tax, add vat, total vat amount, total tax amount, vat value`,
    de: `
      mwst, mehrwertsteuer, umsatzsteuer, ust, mwst betrag, zzgl mwst, zzgl ust, zzgl umsatzsteuer, zzgl mehrwertsteuer, steuerbetrag,
      umsatzsteuerbetrag, ust betrag, mwst gesamt, steuer, zuzuglich mwst, zuzuglich umsatzsteuer, zuzgl mwst, mehrwertsteuerbetrag,
      summe mwst, enthaltene mwst, gesetzliche mwst, gesetzliche umsatzsteuer, zzgl gesetzliche mwst, zzgl gesetzlicher mwst, zuzuglich
      gesetzlicher umsatzsteuer, gesamt mwst, mwst summe, steuern`,
    fr: 'tva, montant tva, total tva, taxes, montant de la tva, taxe, dont tva, total taxes, tva a, tps, montant des taxes',
    es: `
      iva, importe iva, cuota iva, total iva, impuestos, impuesto, cuota, i v a, iva repercutido, total impuestos, igic, cuota de iva,
      importe del iva, mas iva`,
    weak: 'steuer, taxe, cuota, tax, steuern',
  },
  {
    id: 'gross',
    kind: 'amount',
    names: `
      total, gross, gross total, total gross, grand total, total amount, invoice total, invoice amount, amount, sum, total including
      vat, total price, amount total, total with tax, total incl tax, bill total, amount payable, total payable, amount due, total due,
      balance due`,
    en: `
      total sales inclusive of gst, total sales incl gst, total inclusive of gst, total incl gst, total incl of gst, total included gst,
      total rm, total rm incl of gst, total amt, total amt payable, total sales, total rounded, rounded total, total amt incl gst,
      total after rounding, nett total,
      total, grand total, total amount, amount due, balance due, total due, invoice total, invoice amount, gross total, gross amount,
      total gross, total incl vat, total including vat, total inc vat, total payable, amount payable, total to pay, total amount due,
      total incl tax, total including tax, total inclusive of vat, to pay, please pay, gross, total invoice amount, total with vat,
      total price, total amount payable, net payable, total sum, amount to pay, total invoice, total amount incl vat, total amount
      including vat, incl vat, total charges, total balance due, total amount gross`,
    de: `
      gesamtbetrag, rechnungsbetrag, gesamt, summe, endbetrag, bruttobetrag, brutto, gesamtsumme, zu zahlen, zahlbetrag, zu zahlender
      betrag, gesamt brutto, summe brutto, gesamtbetrag brutto, bruttosumme, rechnungssumme, endsumme, total, gesamtpreis, brutto
      gesamt, summe inkl mwst, gesamt inkl mwst, total inkl mwst, betrag inkl mwst, gesamtbetrag inkl mwst, rechnungsbetrag brutto,
      offener betrag, falliger betrag, gesamtrechnungsbetrag, rechnungsendbetrag, rechnungsbetrag inkl mwst, brutto summe,
      zahlungsbetrag, uberweisungsbetrag, betrag brutto, gesamtbruttobetrag, gesamtbetrag eur, summe eur, inkl mwst`,
    fr: `
      total ttc, montant ttc, net a payer, total a payer, montant total ttc, montant total, total t t c, total general, montant a payer,
      total, net a payer ttc, montant du, total net ttc, total toutes taxes comprises, solde a payer, solde du, total facture, montant
      net a payer, total tvac, reste a payer, prix total ttc, ttc, total ttc a payer, montant de la facture`,
    es: `
      total, total factura, importe total, total a pagar, total con iva, total iva incluido, importe a pagar, total general, total eur,
      total euros, importe total factura, total importe, importe bruto, total bruto, importe factura, liquido a percibir, total final,
      monto total, total pagar, total a ingresar, a pagar`,
    weak: `
      total, gesamt, summe, brutto, gross, ttc, gesamtpreis, incl vat, inkl mwst, total price, to pay, a pagar, please pay, montant du`,
  },
  {
    id: 'tax_rate',
    kind: 'percent',
    names: 'vat rate, tax percent, vat percentage, tax percentage, vat percent, rate',
    en: 'vat rate, tax rate, vat %, rate of vat, vat, tax, gst rate',
    de: 'steuersatz, mwst satz, ust satz, mehrwertsteuersatz, mwst, ust, umsatzsteuer',
    fr: 'taux tva, taux de tva, taux, tva',
    es: 'tipo iva, tipo de iva, iva, tipo impositivo, % iva',
    weak: 'vat, tax, mwst, ust, umsatzsteuer, taux, tva, iva',
  },
  {
    id: 'discount',
    kind: 'amount',
    names: 'rebate, discount amount, reduction',
    en: 'discount, discount amount, less discount, rebate, total discount, trade discount',
    de: 'rabatt, nachlass, skonto, abzgl rabatt, abzuglich rabatt, rabattbetrag',
    fr: 'remise, rabais, ristourne, escompte, montant remise',
    es: 'descuento, dto, rebaja, importe descuento',
  },
  {
    id: 'shipping',
    kind: 'amount',
    names: 'shipping, shipping cost, freight, delivery cost, postage, delivery fee',
    en: `
      shipping, shipping cost, shipping and handling, freight, delivery, postage, delivery charge, carriage, shipping charges, shipping
      handling, s h`,
    de: 'versand, versandkosten, fracht, frachtkosten, lieferkosten, porto, versand und verpackung, transportkosten, versandpauschale',
    fr: 'frais de port, port, livraison, frais de livraison, transport, frais d expedition',
    es: 'gastos de envio, envio, portes, transporte, coste de envio',
    weak: 'delivery, port, livraison, versand, transport, envio, transporte',
  },
  {
    id: 'paid',
    kind: 'amount',
    names: 'amount paid, paid, prepayment, deposit, down payment',
    en: 'amount paid, paid, payments received, less paid, prepaid, deposit, cash, already paid, down payment, payment received',
    de: 'bezahlt, bereits gezahlt, anzahlung, abzgl anzahlung, gegeben, bar, erhaltene zahlungen, bereits bezahlt',
    fr: 'deja paye, acompte, montant paye, acompte verse, especes, deja regle',
    es: 'pagado, anticipo, importe pagado, entregado, efectivo, a cuenta',
    weak: 'cash, bar, paid, gegeben, especes, efectivo, entregado',
  },
  {
    id: 'currency',
    kind: 'currency',
    names: 'currency code, currency, devise',
    en: 'currency',
    de: 'wahrung, waehrung',
    fr: 'devise, monnaie',
    es: 'moneda, divisa',
  },
];
