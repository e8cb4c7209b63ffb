/** How a value looks on the page: what is looked for beside a label. */
export type SearchKind =
  | 'identifier'
  | 'date'
  | 'datetime'
  | 'amount'
  | 'number'
  | 'percent'
  | 'iban'
  | 'bic'
  | 'vat_id'
  | 'phone'
  | 'email'
  | 'url'
  | 'currency'
  | 'bool'
  | 'enum'
  | 'party'
  | 'address'
  | 'text';

export type Party = 'supplier' | 'customer';

/** One thing that documents say under many labels: lists with commas. Labels are compared folded, so accents, case and punctuation do not matter. */
export interface Concept {
  id: string;
  kind: SearchKind;
  /** Whose it is, where the concept itself says so. */
  party?: Party;
  /** Words that authors of flows use for it; never looked for on the page. */
  names: string;
  en: string;
  de: string;
  fr: string;
  es: string;
  /** Of the above, those that often mean something else too. */
  weak?: string;
}

export const LANGUAGES = ['en', 'de', 'fr', 'es'] as const;

/** The phrases of a list. */
export const phrasesIn = (list: string): string[] =>
  list
    .split(',')
    .map((phrase) => phrase.trim())
    .filter((phrase) => phrase !== '');
