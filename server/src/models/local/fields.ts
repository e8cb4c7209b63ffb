import type { FieldSpec } from '../model.ts';
import { type Concept, LANGUAGES, type Party, phrasesIn, type SearchKind } from './labels/concept.ts';
import { identifierTokens, phraseKey } from './tokens.ts';

/** A field as it is searched for. */
export interface Query {
  spec: FieldSpec;
  /** One of the documented data types; aliases such as `integer` are resolved. */
  dataType: string;
  kind: SearchKind;
  concept: Concept | undefined;
  /** Label phrases (folded) with their strength, 0..1. */
  phrases: Map<string, number>;
  party: Party | undefined;
}

const ALIASES: Record<string, string> = {
  str: 'string',
  integer: 'int',
  number: 'float',
  decimal: 'float',
  double: 'float',
  boolean: 'bool',
  currency: 'money',
  amount: 'money',
  list: 'table',
  array: 'table',
};

/** The data type by its documented name; one that nobody knows is read as text. */
export const canonicalType = (dataType: string): string => {
  const type = dataType.toLowerCase();
  if (type === '') return 'string';
  return Object.hasOwn(ALIASES, type) ? (ALIASES[type] as string) : type;
};

const KIND_OF_TYPE: Record<string, SearchKind> = {
  date: 'date',
  datetime: 'datetime',
  money: 'amount',
  bool: 'bool',
  email: 'email',
  phone: 'phone',
  iban: 'iban',
  url: 'url',
  enum: 'enum',
};

const SUPPLIER_WORDS = new Set([
  'supplier',
  'vendor',
  'seller',
  'issuer',
  'merchant',
  'biller',
  'company',
  'lieferant',
  'verkaufer',
  'fournisseur',
  'vendeur',
  'proveedor',
  'emisor',
  'our',
  'sender',
]);
const CUSTOMER_WORDS = new Set([
  'customer',
  'client',
  'buyer',
  'recipient',
  'billing',
  'billto',
  'kunde',
  'kunden',
  'empfanger',
  'acheteur',
  'cliente',
  'comprador',
  'debtor',
  'destinataire',
]);

/** Words of an id that say nothing about where a value stands. */
const EMPTY_WORDS = new Set(['the', 'of', 'field', 'value', 'extracted', 'a', 'an', 'and', 'in', 'for', 'f']);

/** How far a label of the concept speaks for the field: labels that often mean something else count less. */
const STRONG = 1;
const WEAK = 0.72;
/** The author's own words are a good label, but authors rarely know how the paper says it. */
const OWN_WORDS = 0.95;
const OWN_SINGLE_WORD = 0.85;
const QUOTED = 1;
const NOT_OWN_WORDS = 0.97;

const phrasesByConcept = new WeakMap<Concept, Map<string, number>>();

/** Label phrases of a concept, folded, with their strength. */
export function conceptPhrases(concept: Concept): Map<string, number> {
  let phrases = phrasesByConcept.get(concept);
  if (phrases === undefined) {
    const weak = new Set(phrasesIn(concept.weak ?? '').map(phraseKey));
    phrases = new Map();
    for (const language of LANGUAGES) {
      for (const label of phrasesIn(concept[language])) {
        for (const key of spellingsOf(phraseKey(label))) phrases.set(key, weak.has(key) ? WEAK : STRONG);
      }
    }
    phrasesByConcept.set(concept, phrases);
  }
  return phrases;
}

const NUMERO = ['no', 'n', 'num', 'nro'];

/** French and Spanish shorten `numero` in every way there is; German writes `Auftragsnummer` in three more. */
function spellingsOf(key: string): string[] {
  if (key === '') return [];
  if (/^numero /.test(key)) return [key, ...NUMERO.map((short) => key.replace('numero', short))];
  const stem = /^(\p{L}{3,})nummer$/u.exec(key)?.[1];
  return stem === undefined ? [key] : [key, `${stem} nummer`, `${stem} nr`, `${stem}nr`];
}

/** What to look for, from the words of id and title, the data type and the instructions. `concepts` differ for a page and for a table. */
export function queryOf(spec: FieldSpec, concepts: readonly Concept[]): Query {
  const names = [identifierTokens(spec.id), identifierTokens(spec.title)];
  const [idTokens = [], titleTokens = []] = names.map((tokens) => tokens.filter((token) => !EMPTY_WORDS.has(token)));
  const dataType = canonicalType(spec.dataType);
  const concept = findConcept([idTokens, titleTokens], identifierTokens(spec.instructions), concepts, dataType);
  const phrases = new Map(concept === undefined ? [] : conceptPhrases(concept));
  for (const key of new Set([...names, idTokens, titleTokens].map((tokens) => tokens.join(' ')))) addOwnWords(phrases, key);
  for (const quoted of quotedIn(spec.instructions)) phrases.set(phraseKey(quoted), QUOTED);
  phrases.delete('');
  const kind =
    currencyKind(spec, concept) ??
    KIND_OF_TYPE[dataType] ??
    numericKind(dataType, concept) ??
    concept?.kind ??
    guessKind([...idTokens, ...titleTokens]);
  return { spec, dataType, kind, concept, phrases, party: partyOf([...idTokens, ...titleTokens]) ?? concept?.party };
}

/** The author's words, where they are a label too, come before the concept's other labels: an account number is not the customer's. */
function addOwnWords(phrases: Map<string, number>, key: string): void {
  const several = key.includes(' ');
  if (several && phrases.has(key)) {
    for (const [phrase, strength] of phrases) if (phrase !== key) phrases.set(phrase, Math.min(strength, NOT_OWN_WORDS));
    phrases.set(key, STRONG);
  } else if (!phrases.has(key)) phrases.set(key, several ? OWN_WORDS : OWN_SINGLE_WORD);
}

const QUOTED_TEXT = /["'«“„‘]([^"'»”“’]{2,60})["'»”“’]/g;
const quotedIn = (instructions: string): string[] => [...instructions.slice(0, 2000).matchAll(QUOTED_TEXT)].map((match) => match[1] ?? '');

/** An enum of currency codes: the paper prints signs. */
const currencyKind = (spec: FieldSpec, concept: Concept | undefined): SearchKind | undefined =>
  concept?.id === 'currency' && spec.values.every((value) => /^[A-Z]{3}$/.test(value)) ? 'currency' : undefined;

function numericKind(dataType: string, concept: Concept | undefined): SearchKind | undefined {
  if (dataType !== 'int' && dataType !== 'float') return undefined;
  const kind = concept?.kind;
  return kind === 'identifier' || kind === 'percent' || kind === 'amount' || kind === 'number' ? kind : 'number';
}

const IDENTIFIER_WORDS = new Set(['id', 'number', 'no', 'nr', 'code', 'nummer', 'numero', 'reference', 'ref', '#']);
const AMOUNT_WORDS = new Set(['amount', 'price', 'cost', 'total', 'betrag', 'preis', 'montant', 'prix', 'importe', 'precio', 'fee', 'sum']);
const DATE_WORDS = new Set(['date', 'datum', 'fecha', 'day']);

function guessKind(tokens: string[]): SearchKind {
  const last = tokens.at(-1) ?? '';
  if (tokens.includes('date') || DATE_WORDS.has(last)) return 'date';
  if (IDENTIFIER_WORDS.has(last)) return 'identifier';
  if (AMOUNT_WORDS.has(last)) return 'amount';
  return last === 'address' || last === 'adresse' || last === 'direccion' ? 'address' : 'text';
}

function partyOf(tokens: string[]): Party | undefined {
  if (tokens.some((token) => CUSTOMER_WORDS.has(token)) || tokens.join(' ').startsWith('bill to')) return 'customer';
  return tokens.some((token) => SUPPLIER_WORDS.has(token)) ? 'supplier' : undefined;
}

/** Which value kinds a data type can hold; a concept of another kind is no match, however its name sounds. */
const KINDS_OF_TYPE: Record<string, SearchKind[]> = {
  date: ['date', 'datetime'],
  datetime: ['date', 'datetime'],
  money: ['amount'],
  email: ['email'],
  phone: ['phone'],
  iban: ['iban'],
  url: ['url'],
  int: ['identifier', 'number', 'percent', 'amount'],
  float: ['identifier', 'number', 'percent', 'amount'],
};

function findConcept(names: string[][], instructions: string[], concepts: readonly Concept[], dataType: string): Concept | undefined {
  const kinds = KINDS_OF_TYPE[dataType];
  let best: Concept | undefined;
  let bestScore = 0.45; // at least about half of the field's words must speak for the concept
  for (const concept of concepts) {
    if (kinds !== undefined && !kinds.includes(concept.kind)) continue;
    let score = 0;
    for (const tokens of names) score = Math.max(score, nameScore(tokens, concept));
    if (score === 0 && instructions.length > 0 && instructions.length <= 12) score = nameScore(instructions, concept) * 0.9;
    if (score > bestScore + 1e-9) {
      best = concept;
      bestScore = score;
    }
  }
  return best;
}

/** Share of the field's words that one of the concept's names or labels covers, in order; exact wins over partly, names over labels. */
function nameScore(tokens: string[], concept: Concept): number {
  if (tokens.length === 0) return 0;
  const joined = tokens.join(' ');
  const squeezed = tokens.join('');
  const covered = (phrase: string): number => {
    if (phrase === joined || phrase.replaceAll(' ', '') === squeezed) return 1;
    const length = phrase.split(' ').length;
    return ` ${joined} `.includes(` ${phrase} `) ? (0.95 * length) / tokens.length : 0;
  };
  let score = 0;
  for (const name of phrasesIn(concept.names)) score = Math.max(score, covered(name) * 1.05);
  for (const [phrase, strength] of conceptPhrases(concept)) score = Math.max(score, covered(phrase) * (strength === STRONG ? 1 : 0.9));
  return score;
}
