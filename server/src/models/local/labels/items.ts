import type { Concept } from './concept.ts';

/** Columns of a list of items. Two of them in one row make that row the header of a table. */
export const ITEM_COLUMNS: Concept[] = [
  {
    id: 'item_position',
    kind: 'number',
    names: 'position, pos, line number, line no, line',
    en: 'pos, position, line, line no, no, #, item, s no, sr no, nr',
    de: 'pos, position, nr, lfd nr, pos nr, posten',
    fr: 'pos, no, n, ligne, poste',
    es: 'pos, linea, n, no, num, posicion',
  },
  {
    id: 'item_code',
    kind: 'identifier',
    names: 'sku, article number, item number, item code, product code, item no, article no, product id, code, article id',
    en: 'item no, item number, item code, sku, product code, product no, article no, article number, part no, part number, code, item #, item',
    de: 'artikelnummer, artikel nr, artikelnr, art nr, artnr, produktnummer, produkt nr, materialnummer, teilenummer, artikel',
    fr: 'reference, ref, reference article, code article, ref article, no article, code produit, code',
    es: 'codigo, ref, referencia, codigo articulo, codigo producto, cod articulo',
    weak: 'item, artikel',
  },
  {
    id: 'item_description',
    kind: 'text',
    names: 'description, item, product, name, article, service, item description, product name, text, designation, item name, details',
    en: `
      description, item, product, item description, details, product description, service, particulars, services, description of goods,
      product name, article, work, items, activity, goods`,
    de: `
      beschreibung, bezeichnung, artikel, leistung, artikelbezeichnung, produkt, text, position, leistungsbeschreibung,
      warenbezeichnung, artikelbeschreibung, bezeichnung leistung, ware, produktbezeichnung, leistungen`,
    fr: `
      description, designation, libelle, article, produit, prestation, intitule, detail, nature, produits, designation des articles,
      prestations`,
    es: 'descripcion, concepto, articulo, producto, detalle, servicio, denominacion, conceptos, articulos',
  },
  {
    id: 'item_quantity',
    kind: 'number',
    names: 'quantity, qty, amount of items, count, units, hours',
    en: 'quantity, qty, hours, hrs, units, qty shipped, no of units, count, pcs',
    de: 'menge, anzahl, stk, stuck, std, stunden, anz, mng, stueck',
    fr: 'quantite, qte, qt, nombre, heures, nb',
    es: 'cantidad, cant, unidades, uds, ud, horas, ctd',
  },
  {
    id: 'item_unit',
    kind: 'text',
    names: 'unit, unit of measure, uom',
    en: 'unit, uom, unit of measure, u m',
    de: 'einheit, me, einh, mengeneinheit',
    fr: 'unite, u',
    es: 'unidad, unidad de medida, um',
  },
  {
    id: 'item_unit_price',
    kind: 'amount',
    names: 'unit price, price, price per unit, single price, rate, unit cost, item price',
    en: 'unit price, price, rate, unit cost, price per unit, each, price each, cost, price unit, u price, unit rate, hourly rate',
    de: `
      einzelpreis, preis, e preis, ep, stuckpreis, einzel, preis einheit, einzelpreis netto, einheitspreis, stundensatz, e preis netto,
      preis eur, einzelpreis eur, stueckpreis, satz`,
    fr: 'prix unitaire, pu, p u, pu ht, prix unitaire ht, prix, p u ht, prix u ht, prix unit, tarif, prix ht, prix unit ht, taux horaire',
    es: 'precio unitario, precio, p unit, precio unidad, precio ud, p u, pvp, p unitario, tarifa, precio unit',
  },
  {
    id: 'item_total',
    kind: 'amount',
    names: 'total, amount, line total, total price, sum, value, net amount, line amount, item total',
    en: `
      amount, total, line total, total price, net amount, value, extended price, line amount, total amount, subtotal, net, net value,
      price total, ext price, sum`,
    de: `
      betrag, gesamtpreis, gesamt, summe, g preis, gp, preis gesamt, gesamtbetrag, netto, gesamt netto, wert, betrag eur, gesamt eur,
      nettobetrag, gesamtpreis netto, positionspreis, total`,
    fr: 'montant, total, montant ht, total ht, prix total, total ligne, prix total ht, total h t, montant total, total net',
    es: 'importe, total, subtotal, precio total, importe neto, total linea, importe total, neto',
  },
  {
    id: 'item_tax_rate',
    kind: 'percent',
    names: 'tax rate, vat rate, vat, tax',
    en: 'vat, vat rate, tax, tax rate, vat %, gst',
    de: 'mwst, ust, steuersatz, mwst satz, ust satz, steuer',
    fr: 'tva, taux tva, taux',
    es: 'iva, % iva, tipo iva',
  },
  {
    id: 'item_discount',
    kind: 'number',
    names: 'discount, rebate',
    en: 'discount, disc, disc %',
    de: 'rabatt, nachlass, rab',
    fr: 'remise, rem, rabais',
    es: 'descuento, dto, desc',
  },
];
