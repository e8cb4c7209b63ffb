import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { bare, type Reader } from './kind.ts';

const EMAIL = /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/u;

export const readEmail: Reader = (pieces, at) => {
  const match = EMAIL.exec((pieces[at]?.text ?? '').slice(0, 320));
  return match === null ? undefined : { value: match[0].replace(/\.$/, ''), length: 1, quality: 1 };
};

const URL_TEXT = /^(?:https?:\/\/[^\s]+|www\.[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+[^\s]*)$/iu;
const DOMAIN =
  /^[\p{L}\p{N}-]{2,}(?:\.[\p{L}\p{N}-]{2,})*\.(?:com|org|net|eu|de|at|ch|fr|es|uk|io|info|biz|us|it|nl|be|pl|pt)(?:\/\S*)?$/iu;

/** A web address; without a scheme it gets https, so that the value is a URL. */
export const readUrl: Reader = (pieces, at) => {
  const text = bare(pieces[at]?.text ?? '').replace(/\.$/, '');
  const known = URL_TEXT.test(text);
  if ((!known && !DOMAIN.test(text)) || text.includes('@')) return undefined;
  return { value: /^https?:/i.test(text) ? text : `https://${text}`, length: 1, quality: known ? 1 : 0.8 };
};

const PHONE_PART = /^\(?\+?[\d()/.\-–]+$/;
const MAX_PARTS = 8;

/** A phone number in E.164 where it is valid in its country, else as printed. Only behind a label: invoice numbers look like phones. */
export const readPhone: Reader = (pieces, at, habits) => {
  const parts: string[] = [];
  for (let i = at; i < pieces.length && parts.length < MAX_PARTS; i++) {
    const text = (pieces[i]?.text ?? '').replace(/[,;|·]+$/, '');
    const ends = text !== pieces[i]?.text;
    if (!PHONE_PART.test(text)) break;
    parts.push(text);
    if (ends) break;
  }
  if (!/^[(+\d]/.test(parts[0] ?? '')) return undefined;
  for (let length = parts.length; length > 0; length--) {
    const text = parts.slice(0, length).join(' ');
    const phone = parsePhoneNumberFromString(text, habits.country as CountryCode);
    if (phone?.isValid() === true) return { value: phone.number, length, quality: 1 };
  }
  const printed = parts.join(' ');
  const digits = printed.replace(/\D/g, '').length;
  return digits < 6 || digits > 15 ? undefined : { value: printed, length: parts.length, quality: 0.7 };
};
