import type { SearchKind } from '../labels/concept.ts';
import { readAmount, readNumber, readPercent } from './amount.ts';
import { readBic, readIban, readIdentifier, readVatId } from './codes.ts';
import { readEmail, readPhone, readUrl } from './contact.ts';
import { readCurrency } from './currency.ts';
import { readDate, readDateTime } from './date.ts';
import type { Reader } from './kind.ts';
import { enumReader, readBool, readText } from './words.ts';

const READERS: Record<Exclude<SearchKind, 'enum'>, Reader> = {
  identifier: readIdentifier,
  date: readDate,
  datetime: readDateTime,
  amount: readAmount,
  number: readNumber,
  percent: readPercent,
  iban: readIban,
  bic: readBic,
  vat_id: readVatId,
  phone: readPhone,
  email: readEmail,
  url: readUrl,
  currency: readCurrency,
  bool: readBool,
  party: readText,
  address: readText,
  text: readText,
};

/** The reader of a kind; `values` are an enum's. */
export const readerOf = (kind: SearchKind, values: readonly string[]): Reader => (kind === 'enum' ? enumReader(values) : READERS[kind]);
