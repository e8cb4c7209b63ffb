/** A kind of document that offices know: what it is called, and the words that give it away, in English, German, French and Spanish. */
export interface Kind {
  names: readonly string[];
  /** A star stands for the rest of a word. Strong ones are rarely found in another kind. */
  strong: readonly string[];
  weak: readonly string[];
}

const listOf = (text: string): string[] => text.split(',').map((each) => each.trim());

/** The words that kinds share decide nothing; those that only one of the classes has do. All without accents, as they are compared. */
export const KINDS: readonly Kind[] = [
  {
    names: listOf('invoice, bill, rechnung, eingangsrechnung, ausgangsrechnung, lieferantenrechnung, facture, factura'),
    strong: listOf(`
      invoice, invoice no, invoice number, invoice date, bill to, amount due, payment terms, rechnung, rechnungsnummer,
      rechnungs nr, rechnungsdatum, rechnungsbetrag, zahlungsziel, zahlbar bis, zahlbar innerhalb, leistungszeitraum,
      facture, numero de facture, factura, fecha de factura
    `),
    weak: listOf(`
      tax invoice, due date, payable within, net 30, net 14, vat, subtotal, iban, bic, unit price, quantity, netto,
      nettobetrag, ust id*, mwst, umsatzsteuer, kundennummer, faellig*, fallig*, uberweis*, einzelpreis, menge,
      bankverbindung, gesamtbetrag, tva, echeance, iva
    `),
  },
  {
    names: listOf('receipt, till receipt, sales receipt, quittung, beleg, kassenbon, kassenbeleg, bon, ticket de caisse, recu, recibo'),
    strong: listOf(`
      receipt, cashier, simplified tax invoice, goods sold, come again, rounding, tendered, thank you for shopping,
      thank you for your purchase, thank you for your visit, change due, cash, card payment, kassenbon, bon nr, kassierer*,
      es bediente sie, vielen dank fur ihren einkauf, danke fur ihren einkauf, ruckgeld, gegeben, quittung, ec karte,
      girocard, tse*, ticket de caisse, recibo
    `),
    weak: listOf(`
      thank you, qty, gst summary, not returnable, no refund, salesperson, discount, total, subtotal, change, visa,
      mastercard, terminal, store, till, register, items, summe, bar, kasse, filiale, mwst, karte, markt, uhr, stk,
      kartenzahlung
    `),
  },
  {
    names: listOf(`
      contract, agreement, lease, vertrag, arbeitsvertrag, mietvertrag, kaufvertrag, dienstvertrag, vereinbarung, contrat,
      contrato
    `),
    strong: listOf(`
      hereinafter, whereas, party of the first part, the parties agree, this agreement, in witness whereof, governing law,
      severability, termination, vertrag, *vertrag, vertragsparteien, nachfolgend, salvatorische klausel, gerichtsstand,
      kundigungsfrist, zwischen, vertragsgegenstand, vertragsdauer, contrat, les parties, contrato
    `),
    weak: listOf(`
      agreement, contract, party, parties, shall, clause, obligations, liability, confidential*, term, notice, signed,
      vereinbar*, parteien, haftung, kundigung, schriftform, paragraph, auftragnehmer, auftraggeber, mieter, vermieter,
      arbeitnehmer, arbeitgeber, unterschrift
    `),
  },
  {
    names: listOf('letter, correspondence, brief, anschreiben, schreiben, lettre, carta'),
    strong: listOf(`
      dear, yours sincerely, yours faithfully, kind regards, best regards, sincerely, sehr geehrte*,
      mit freundlichen grussen, mit freundlichem gruss, liebe frau, lieber herr, hochachtungsvoll, cordialement, madame,
      estimado*, atentamente
    `),
    weak: listOf(`
      enclosure, enclosed, enclosures, re, subject, thank you for your letter, look forward, hearing from you, betreff,
      anlage, anlagen, ihr schreiben, ihre anfrage, wir bedanken uns, fur ruckfragen, gerne, ihnen, bezug
    `),
  },
  {
    names: listOf('cv, resume, curriculum vitae, curriculum, lebenslauf, bewerberprofil'),
    strong: listOf(`
      curriculum vitae, cv, resume, work experience, professional experience, employment history, education, skills,
      references available, lebenslauf, berufserfahrung, beruflicher werdegang, schulbildung, ausbildung, kenntnisse,
      sprachkenntnisse, geburtsdatum, staatsangehorigkeit, personliche daten, experience professionnelle, formacion
    `),
    weak: listOf(`
      experience, university, bachelor*, master*, degree, languages, hobbies, interests, volunteer*, since, fluent, native,
      studium, abitur, abschluss, universitat, hochschule, praktikum, seit, muttersprache, fliessend, edv, familienstand
    `),
  },
  {
    names: listOf('purchase order, order, bestellung, auftrag, bon de commande, pedido'),
    strong: listOf(`
      purchase order, po number, order number, ship to, bestellung, bestellnummer, bestelldatum, wir bestellen,
      bon de commande, pedido
    `),
    weak: listOf('order, order date, delivery date, supplier, vendor, liefertermin, lieferadresse, lieferant, menge, artikel, auftrag'),
  },
  {
    names: listOf('delivery note, packing slip, packing list, lieferschein, bon de livraison, albaran'),
    strong: listOf(`
      delivery note, packing slip, packing list, delivered to, goods received, lieferschein, lieferscheinnummer,
      ware erhalten, bon de livraison, albaran
    `),
    weak: listOf('delivery, carrier, weight, packages, quantity, lieferdatum, lieferung, versand, spediteur, gewicht, empfanger, menge'),
  },
  {
    names: listOf('quote, quotation, offer, estimate, angebot, kostenvoranschlag, devis, presupuesto'),
    strong: listOf(`
      quotation, quote, quote number, valid until, we are pleased to offer, angebot, angebotsnummer, gultig bis,
      unser angebot, freibleibend, kostenvoranschlag, devis, presupuesto
    `),
    weak: listOf('offer, estimate, estimated, unit price, validity, bindefrist, bieten, einzelpreis, gesamtpreis'),
  },
  {
    names: listOf('credit note, gutschrift, rechnungskorrektur, stornorechnung, avoir, nota de credito'),
    strong: listOf('credit note, credit memo, gutschrift, stornorechnung, rechnungskorrektur, avoir, nota de credito'),
    weak: listOf('refund, credited, original invoice, storno, erstattung, gutgeschrieben'),
  },
  {
    names: listOf('reminder, dunning, payment reminder, dunning letter, mahnung, zahlungserinnerung, rappel'),
    strong: listOf(`
      payment reminder, overdue, past due, final notice, mahnung, zahlungserinnerung, mahngebuhr*, verzugszinsen,
      uberfallig*
    `),
    weak: listOf('reminder, outstanding, unpaid, offen, offene rechnung, ausgleichen, frist'),
  },
  {
    names: listOf('bank statement, account statement, statement, kontoauszug, releve de compte, extracto'),
    strong: listOf(`
      bank statement, account statement, statement of account, opening balance, closing balance, kontoauszug,
      alter kontostand, neuer kontostand, buchungstag, wertstellung, valuta, saldo
    `),
    weak: listOf('balance, withdrawals, deposits, transaction*, buchung, kontonummer, haben, soll, lastschrift, iban'),
  },
  {
    names: listOf(`
      payslip, pay slip, payroll, salary statement, gehaltsabrechnung, lohnabrechnung, entgeltabrechnung, bulletin de paie,
      nomina
    `),
    strong: listOf(`
      payslip, pay period, gross pay, net pay, gehaltsabrechnung, lohnabrechnung, entgeltabrechnung, steuerklasse,
      sozialversicherung*, gesamtbrutto, auszahlungsbetrag, lohnsteuer
    `),
    weak: listOf(`
      earnings, deductions, national insurance, tax code, brutto, netto, personalnummer, krankenversicherung,
      rentenversicherung
    `),
  },
  {
    names: listOf('termination, cancellation, notice of termination, kundigung, kuendigung, resiliation'),
    strong: listOf('terminate my, cancel my, notice of termination, hiermit kundige ich, kundige ich, fristgerecht, kundigungsbestatigung'),
    weak: listOf('cancellation, cancel, kundigung, kundigen, zum nachstmoglichen zeitpunkt, bestatigen sie'),
  },
  {
    names: listOf('medical report, doctor letter, arztbrief, befund, arztbericht'),
    strong: listOf('diagnosis, patient, diagnose, diagnosen, anamnese, befund, therapie, medikation'),
    weak: listOf('medication, treatment, symptoms, hospital, arzt, klinik, krankenhaus, untersuchung'),
  },
  {
    names: listOf('report, bericht, rapport, informe'),
    strong: listOf(`
      executive summary, table of contents, findings, recommendations, zusammenfassung, inhaltsverzeichnis, ergebnisse,
      fazit
    `),
    weak: listOf('report, introduction, conclusion, methodology, bericht, einleitung, analyse, abbildung, tabelle'),
  },
];
