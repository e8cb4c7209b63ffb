/** What the two example invoices say. Companies and people are invented; the IBANs are the published samples of their countries. */
export interface Invoice {
  number: string;
  /** ISO 8601. */
  date: string;
  due: string;
  order: string;
  customerNumber: string;
  supplier: { name: string; tagline: string; address: string[]; contact: string[]; vat: string };
  customer: string[];
  iban: string;
  bic: string;
  bank: string;
  currency: string;
  taxPercent: number;
  /** Prices in hundredths of the currency. */
  items: { code: string; text: string; quantity: number; unitPrice: number }[];
}

/** Sums in hundredths of the currency. */
export function totalsOf(invoice: Invoice): { net: number; tax: number; total: number } {
  const net = invoice.items.reduce((sum, item) => sum + item.quantity * item.unitPrice, 0);
  const tax = Math.round((net * invoice.taxPercent) / 100);
  return { net, tax, total: net + tax };
}

const item = (code: string, text: string, quantity: number, unitPrice: number) => ({ code, text, quantity, unitPrice });

export const NORTHWIND: Invoice = {
  number: 'NW-2026-004817',
  date: '2026-03-14',
  due: '2026-04-13',
  order: 'PO 77120',
  customerNumber: 'C-10482',
  supplier: {
    name: 'Northwind Traders Ltd.',
    tagline: 'Provisions for kitchens, wholesale since 1987',
    address: ['18 Harbour Street', 'Liverpool L3 4AD', 'United Kingdom'],
    contact: ['Tel. +44 151 496 0182', 'accounts@northwind.example', 'www.northwind.example'],
    vat: 'GB 365 4821 07',
  },
  customer: ['The Larder at Mill Lane', 'Ms Hannah Whitcombe', '7 Mill Lane', 'Chester CH1 2LR', 'United Kingdom'],
  iban: 'GB29 NWBK 6016 1331 9268 19',
  bic: 'NWBKGB2L',
  bank: 'National Westminster Bank',
  currency: 'GBP',
  taxPercent: 20,
  items: [
    item('1042', 'Earl Grey loose leaf tea, 1 kg tin', 12, 1840),
    item('1043', 'Assam breakfast tea, 1 kg tin', 12, 1695),
    item('1051', 'Ceylon orange pekoe, 500 g box', 18, 925),
    item('1107', 'House espresso blend, whole bean, 1 kg', 30, 1275),
    item('1109', 'Decaffeinated Colombian, whole bean, 1 kg', 8, 1410),
    item('1188', 'Drinking chocolate 32 %, 2 kg pouch', 6, 1550),
    item('2004', 'Muscovado sugar, dark, 3 kg', 10, 735),
    item('2010', 'Demerara sugar sticks, box of 1000', 4, 1120),
    item('2015', 'Clear honey, squeezy bottle 680 g', 24, 585),
    item('2106', 'Seville orange marmalade, 2.5 kg pail', 5, 1430),
    item('2108', 'Raspberry conserve, 2.5 kg pail', 5, 1515),
    item('2230', 'Golden syrup, catering tin 7.26 kg', 2, 2860),
    item('3001', 'Strong white bread flour, 16 kg', 14, 1390),
    item('3003', 'Wholemeal flour, stoneground, 16 kg', 6, 1475),
    item('3012', 'Jumbo rolled oats, 12.5 kg', 4, 1645),
    item('3040', 'Dried active yeast, 500 g', 10, 540),
    item('3055', 'Bicarbonate of soda, 1 kg', 3, 395),
    item('3102', 'Sultanas, Turkish no. 9, 12.5 kg', 2, 3780),
    item('3110', 'Glace cherries, whole, 5 kg', 2, 2695),
    item('3121', 'Flaked almonds, 1 kg', 9, 1185),
    item('4002', 'Extra virgin olive oil, 5 l can', 8, 3950),
    item('4006', 'Rapeseed oil, cold pressed, 5 l', 6, 2240),
    item('4020', 'Cider vinegar, 5 l', 3, 1180),
    item('4105', 'Wholegrain mustard, 2.3 kg tub', 4, 1090),
    item('4111', 'Piccalilli, 2.45 kg tub', 4, 1265),
    item('5008', 'Sea salt flakes, 1.4 kg tub', 6, 1245),
    item('5013', 'Tellicherry black peppercorns, 1 kg', 3, 2170),
    item('5027', 'Smoked paprika, 750 g tin', 5, 980),
    item('5031', 'Ground cinnamon, 500 g', 4, 690),
    item('6120', 'Compostable cup 12 oz, sleeve of 50', 40, 465),
    item('6121', 'Lid for cup 12 oz, sleeve of 50', 40, 310),
    item('6140', 'Kraft paper bag, flat handle, pack of 250', 4, 2390),
    item('9001', 'Delivery, chilled van, Cheshire round', 1, 1850),
  ],
};

export const GERMAN: Invoice = {
  number: 'RE-2026-0392',
  date: '2026-03-02',
  due: '2026-03-16',
  order: 'B-58841',
  customerNumber: '20417',
  supplier: {
    name: 'Bürobedarf Lindner GmbH',
    tagline: 'Papier, Möbel und Technik für das Büro',
    address: ['Gärtnerstraße 42', '50674 Köln'],
    contact: ['Telefon 0221 4710 880', 'buchhaltung@lindner.example'],
    vat: 'DE 287 416 093',
  },
  customer: ['Architekturbüro Sommerfeld & Krüger', 'Frau Dr. Julia Sommerfeld', 'Domstraße 11', '50668 Köln'],
  iban: 'DE89 3704 0044 0532 0130 00',
  bic: 'COBADEFFXXX',
  bank: 'Commerzbank Köln',
  currency: 'EUR',
  taxPercent: 19,
  items: [
    item('11204', 'Kopierpapier A4, 80 g/m², weiß', 40, 489),
    item('11310', 'Transparentpapier A3, 90 g/m², Block', 6, 1875),
    item('20077', 'Tuschestift 0,25 mm, schwarz', 12, 745),
    item('20081', 'Bleistift Härte 2H, Schachtel mit 12', 5, 1090),
    item('31560', 'Schreibtischleuchte LED, höhenverstellbar', 3, 8990),
    item('31902', 'Bürodrehstuhl „Rheinblick“, grau', 2, 28900),
    item('40015', 'Ordner A4, breit, grün', 25, 265),
    item('90001', 'Lieferung frei Verwendungsstelle', 1, 1950),
  ],
};
