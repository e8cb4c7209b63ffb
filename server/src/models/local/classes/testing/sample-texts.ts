/** Texts of office documents, made from parts by a seed: each kind as it is written in two languages, with words of other kinds among them. */

export type SampleKind = 'invoice' | 'receipt' | 'contract' | 'letter' | 'cv' | 'other';
export type SampleLanguage = 'en' | 'de';

/** mulberry32: the same seed gives the same texts everywhere. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

interface Maker {
  pick(list: readonly string[]): string;
  some(list: readonly string[], least: number, most: number): string[];
  number(low: number, high: number): number;
  money(): string;
  date(): string;
}

function makerOf(seed: number, language: SampleLanguage): Maker {
  const random = randomOf(seed);
  const number = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1));
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? '';
  return {
    pick,
    number,
    some: (list, least, most) => [...list].sort(() => random() - 0.5).slice(0, number(least, most)),
    money: () => `${number(1, 4000)}${language === 'de' ? ',' : '.'}${String(number(0, 99)).padStart(2, '0')}`,
    date: () =>
      language === 'de' ? `${number(1, 28)}.${number(1, 12)}.202${number(3, 6)}` : `202${number(3, 6)}-0${number(1, 9)}-${number(10, 28)}`,
  };
}

const COMPANIES = [
  'Halvorsen Supplies',
  'Brightwater Ltd.',
  'Kessler & Sohn GmbH',
  'Northgate Traders',
  'Morgenstern AG',
  'Quillby Press',
  'Blue Fern Cafe',
  'Autohaus Reuter',
];
const PEOPLE = ['Ada Winter', 'Jonas Brandt', 'Marta Klein', 'Peter Osei', 'Lena Vogel', 'Tom Ashdown'];
const GOODS = {
  en: ['Printer paper', 'Office chair', 'Consulting, hours', 'Copper cable 5 m', 'Coffee beans', 'Paint, white', 'Hosting, monthly'],
  de: ['Druckerpapier', 'Schreibtischstuhl', 'Beratung, Stunden', 'Kupferkabel 5 m', 'Kaffeebohnen', 'Wandfarbe', 'Wartung, monatlich'],
};

type Writer = (make: Maker) => string[];

const lines = (make: Maker, language: SampleLanguage): string[] =>
  make.some(GOODS[language], 2, 5).map((name, i) => `${i + 1}  ${name}   ${make.number(1, 20)}   ${make.money()}   ${make.money()}`);

const WRITERS: Record<Exclude<SampleKind, 'other'>, Record<SampleLanguage, Writer>> = {
  invoice: {
    en: (make) => [
      make.pick(COMPANIES),
      make.pick(['INVOICE', 'Invoice', 'Tax Invoice', '']),
      `Bill to: ${make.pick(COMPANIES)}`,
      ...make.some(
        [
          `Invoice number: INV-${make.number(100, 9999)}`,
          `Date: ${make.date()}`,
          `Due date: ${make.date()}`,
          `Customer no. ${make.number(100, 999)}`,
        ],
        2,
        4,
      ),
      'Description   Qty   Unit price   Amount',
      ...lines(make, 'en'),
      ...make.some([`Subtotal ${make.money()}`, `VAT 20% ${make.money()}`], 1, 2),
      `${make.pick(['Amount due', 'Total', 'Total due'])} ${make.money()} GBP`,
      ...make.some(
        [
          'Payment terms: 30 days net.',
          'Please quote the invoice number with your payment.',
          'IBAN GB33BUKB20201555555555',
          'Thank you for your business. The goods remain ours until they are paid.',
        ],
        1,
        3,
      ),
    ],
    de: (make) => [
      make.pick(COMPANIES),
      make.pick(['Rechnung', 'RECHNUNG', `Rechnung Nr. ${make.number(100, 9999)}`]),
      make.pick(PEOPLE),
      ...make.some(
        [
          `Rechnungsnummer: ${make.number(100, 9999)}`,
          `Rechnungsdatum: ${make.date()}`,
          `Kundennummer: ${make.number(100, 999)}`,
          `Leistungszeitraum: ${make.date()}`,
        ],
        2,
        4,
      ),
      make.pick(['Sehr geehrte Damen und Herren, wir berechnen Ihnen:', '']),
      'Pos   Bezeichnung   Menge   Einzelpreis   Gesamt',
      ...lines(make, 'de'),
      `Nettobetrag ${make.money()}`,
      `zzgl. 19 % MwSt. ${make.money()}`,
      `Gesamtbetrag ${make.money()} EUR`,
      ...make.some(
        [
          `Zahlbar bis ${make.date()} ohne Abzug.`,
          'USt-IdNr. DE123456789',
          'Bankverbindung: IBAN DE89370400440532013000',
          'Bitte überweisen Sie den Betrag innerhalb von 14 Tagen.',
        ],
        1,
        3,
      ),
    ],
  },
  receipt: {
    en: (make) => [
      make.pick(COMPANIES),
      '12 High Street, Leeds',
      ...make.some(
        ['RECEIPT', `Till ${make.number(1, 9)}  Cashier: ${make.pick(PEOPLE).split(' ')[0]}`, `Store 0${make.number(10, 99)}`],
        1,
        3,
      ),
      `${make.date()} 14:${make.number(10, 59)}`,
      ...make.some(GOODS.en, 2, 5).map((name) => `${name.toUpperCase()}   ${make.money()}`),
      `TOTAL ${make.money()}`,
      ...make.some([`CASH ${make.money()}`, `CHANGE ${make.money()}`, 'VISA ************1234', 'CARD PAYMENT APPROVED'], 2, 3),
      make.pick(['Thank you for shopping with us', 'Thank you for your visit!', 'Please keep this receipt for returns']),
    ],
    de: (make) => [
      make.pick(COMPANIES),
      'Hauptstraße 5, 50667 Köln',
      ...make.some(
        [
          'Kassenbon',
          `Bon-Nr. ${make.number(100, 9999)}`,
          `Filiale ${make.number(10, 99)} Kasse ${make.number(1, 9)}`,
          'Es bediente Sie Frau Klein',
        ],
        2,
        3,
      ),
      `${make.date()} 14:${make.number(10, 59)} Uhr`,
      ...make.some(GOODS.de, 2, 5).map((name) => `${name}   ${make.money()} A`),
      `SUMME EUR ${make.money()}`,
      ...make.some([`BAR ${make.money()}`, `Gegeben ${make.money()}`, `Rückgeld ${make.money()}`, 'Kartenzahlung girocard'], 2, 3),
      `MwSt. 19% ${make.money()}`,
      make.pick(['Vielen Dank für Ihren Einkauf', 'TSE-Signatur: 8f3a', 'Umtausch nur mit Beleg']),
    ],
  },
  contract: {
    en: (make) => [
      make.pick(['SERVICE AGREEMENT', 'Consulting Agreement', 'CONTRACT', 'Lease Agreement']),
      `This agreement is made on ${make.date()} between ${make.pick(COMPANIES)} ("the Company") and ${make.pick(PEOPLE)} ("the Contractor").`,
      ...make.some(
        [
          '1. Services. The Contractor shall provide the services set out in Schedule A.',
          '2. Fees. The Company shall pay each invoice within 30 days of its date.',
          '3. Term. Either party may end this contract by three months notice in writing.',
          '4. Confidentiality. The parties shall keep confidential what they learn of each other.',
          '5. Liability. Neither party shall be liable for indirect loss.',
          '6. Governing law. This contract is governed by the laws of England.',
          '7. Should a clause be void, the others stay in force.',
          'WHEREAS the parties wish to work together, they agree as follows.',
        ],
        4,
        7,
      ),
      'Signed by the parties: ________________',
    ],
    de: (make) => [
      make.pick(['Dienstvertrag', 'Arbeitsvertrag', 'Mietvertrag', 'Kaufvertrag']),
      `zwischen ${make.pick(COMPANIES)} (nachfolgend Auftraggeber) und ${make.pick(PEOPLE)} (nachfolgend Auftragnehmer) wird Folgendes vereinbart:`,
      ...make.some(
        [
          '§ 1 Gegenstand. Der Auftragnehmer erbringt die in der Anlage genannten Leistungen.',
          '§ 2 Vergütung. Rechnungen sind innerhalb von 30 Tagen zu bezahlen.',
          '§ 3 Laufzeit. Die Kündigungsfrist beträgt drei Monate zum Quartalsende.',
          '§ 4 Verschwiegenheit. Die Parteien bewahren Stillschweigen.',
          '§ 5 Haftung. Die Haftung für leichte Fahrlässigkeit ist ausgeschlossen.',
          '§ 6 Gerichtsstand ist Hamburg.',
          '§ 7 Sollte eine Bestimmung dieses Vertrags unwirksam sein, bleiben die übrigen wirksam.',
          'Änderungen bedürfen der Schriftform.',
        ],
        4,
        7,
      ),
      'Ort, Datum, Unterschrift der Vertragsparteien',
    ],
  },
  letter: {
    en: (make) => [
      make.pick(PEOPLE),
      make.date(),
      `Dear ${make.pick(['Sir or Madam', 'Ms Winter', 'Mr Brandt'])},`,
      ...make.some(
        [
          'thank you for your letter of last week. I have read it with great interest.',
          'I am writing to complain about the noise from the building site next door.',
          'We regret that we cannot attend the meeting in Bristol.',
          'Please find enclosed the photographs that you asked for.',
          'I would be grateful if you could call me on Monday morning.',
          'The garden has been lovely this spring, and the children send their love.',
          'With regard to invoice 4711, there seems to be a misunderstanding.',
        ],
        2,
        4,
      ),
      'I look forward to hearing from you.',
      make.pick(['Yours sincerely', 'Yours faithfully', 'Kind regards']),
      make.pick(PEOPLE),
    ],
    de: (make) => [
      make.pick(PEOPLE),
      `Köln, den ${make.date()}`,
      make.pick(['Betreff: Ihr Schreiben vom Montag', 'Ihre Anfrage', 'Termin am Freitag']),
      make.pick(['Sehr geehrte Damen und Herren,', 'Sehr geehrte Frau Winter,', 'Sehr geehrter Herr Brandt,']),
      ...make.some(
        [
          'haben Sie vielen Dank für Ihr Schreiben, das wir mit Interesse gelesen haben.',
          'leider können wir an der Besprechung nicht teilnehmen.',
          'anbei senden wir Ihnen die gewünschten Fotografien.',
          'wir bitten Sie, uns am Montag anzurufen.',
          'der Lärm von der Baustelle nebenan ist kaum zu ertragen.',
          'zu der Rechnung 4711 haben wir noch eine Frage.',
        ],
        2,
        4,
      ),
      'Für Rückfragen stehen wir Ihnen gerne zur Verfügung.',
      'Mit freundlichen Grüßen',
      make.pick(PEOPLE),
    ],
  },
  cv: {
    en: (make) => [
      make.pick(PEOPLE),
      make.pick(['Curriculum Vitae', 'Resume', '']),
      'ada@example.com, +44 20 7946 0000',
      'Work experience',
      ...make.some(
        [
          '2019 to 2024: Head of logistics, Northgate Traders',
          '2015 to 2019: Buyer, Quillby Press',
          'Since 2024: Project lead, Brightwater Ltd.',
          'Negotiated contracts with suppliers and checked their invoices',
        ],
        2,
        4,
      ),
      'Education',
      ...make.some(['BSc Economics, University of Leeds', 'A levels in maths and French', 'Master of Arts, Bristol'], 1, 2),
      ...make.some(
        [
          'Skills: Excel, SQL, Python',
          'Languages: English (native), German (fluent)',
          'Interests: rowing, chess',
          'References available on request',
        ],
        2,
        4,
      ),
    ],
    de: (make) => [
      make.pick(['Lebenslauf', 'LEBENSLAUF', 'Tabellarischer Lebenslauf']),
      `Name: ${make.pick(PEOPLE)}`,
      ...make.some([`Geburtsdatum: ${make.date()}`, 'Staatsangehörigkeit: deutsch', 'Familienstand: ledig'], 1, 3),
      'Berufserfahrung',
      ...make.some(
        [
          'seit 2024 Projektleiter bei Morgenstern AG',
          '2019 bis 2024 Einkäufer, Autohaus Reuter',
          'Verträge mit Lieferanten verhandelt, Rechnungen geprüft',
          '2018 Praktikum im Controlling',
        ],
        2,
        4,
      ),
      make.pick(['Ausbildung', 'Schulbildung', 'Studium']),
      ...make.some(['Studium der Betriebswirtschaft, Universität Köln', 'Abitur am Gymnasium Bonn'], 1, 2),
      ...make.some(['Kenntnisse: Excel, SQL', 'Sprachkenntnisse: Englisch fließend', 'Hobbys: Rudern, Schach'], 1, 3),
    ],
  },
};

/** What an office keeps too, and none of the five kinds is. */
const OTHERS: Record<SampleLanguage, readonly string[][]> = {
  en: [
    [
      'Lemon cake',
      'Ingredients: 200 g butter, 4 eggs, 250 g flour',
      'Beat the butter, add the eggs one by one, bake for 45 minutes.',
      'Dust with sugar and serve with cream.',
    ],
    [
      'Minutes of the meeting',
      'Present: Winter, Brandt, Klein',
      'The budget for the new depot was discussed.',
      'Action: Brandt asks for the plans of the roof.',
    ],
    [
      'Operating manual',
      'Press the red button for three seconds to switch the pump on.',
      'Do not open the housing while the motor runs.',
      'Clean the filter once a month.',
    ],
    [
      'River breaks its banks',
      'After three days of rain the river flooded the lower town on Tuesday.',
      'The fire service pumped out forty cellars. Nobody was hurt.',
    ],
    ['Timetable', 'Leeds 08:15 York 08:42 Durham 09:30', 'Runs from Monday to Friday, not on public holidays.'],
    ['Floor plan', 'Ground floor: hall, kitchen, store room', 'First floor: two offices, archive', 'Scale 1:100'],
  ],
  de: [
    [
      'Zitronenkuchen',
      'Zutaten: 200 g Butter, 4 Eier, 250 g Mehl',
      'Butter schaumig rühren, Eier einzeln unterrühren, 45 Minuten backen.',
      'Mit Puderzucker bestreuen.',
    ],
    [
      'Protokoll der Sitzung',
      'Anwesend: Winter, Brandt, Klein',
      'Der Haushalt für das neue Lager wurde besprochen.',
      'Herr Brandt holt die Pläne des Daches ein.',
    ],
    [
      'Bedienungsanleitung',
      'Drücken Sie den roten Knopf drei Sekunden lang.',
      'Öffnen Sie das Gehäuse nie bei laufendem Motor.',
      'Reinigen Sie den Filter einmal im Monat.',
    ],
    [
      'Fluss tritt über die Ufer',
      'Nach drei Tagen Regen stand die Unterstadt am Dienstag unter Wasser.',
      'Die Feuerwehr pumpte vierzig Keller aus.',
    ],
    ['Fahrplan', 'Köln 08:15 Bonn 08:42 Koblenz 09:30', 'Verkehrt montags bis freitags, nicht an Feiertagen.'],
    ['Wetterbericht', 'Am Mittwoch heiter bis wolkig, im Norden einzelne Schauer.', 'Höchstwerte um 21 Grad, schwacher Wind aus West.'],
  ],
};

export function sampleText(kind: SampleKind, language: SampleLanguage, seed: number): string {
  const make = makerOf(seed * 31 + kind.length * 7 + (language === 'de' ? 1 : 0), language);
  if (kind !== 'other')
    return WRITERS[kind]
      [language](make)
      .filter((line) => line !== '')
      .join('\n');
  const others = OTHERS[language];
  return (others[seed % others.length] ?? []).join('\n');
}
