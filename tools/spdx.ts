/**
 * Licence expressions of SPDX (annex D of the specification, version 2.3): ids, `WITH` an exception, `AND` before `OR`, brackets. Operators
 * count in capitals and in small letters, as version 3 has it. `+` is part of its id.
 */
export type Licence = { id: string } | { all: Licence[] } | { any: Licence[] };

const TOKEN = /\s*([()]|[\w.+-]+(?::[\w.+-]+)?)/y;

/** Throws an Error that says what is wrong with the text. */
export function parseLicence(text: string): Licence {
  const tokens = toTokens(text);
  const isNext = (word: string) => tokens[0]?.toUpperCase() === word;
  const joined = (word: 'AND' | 'OR', parse: () => Licence): Licence[] => {
    const parts = [parse()];
    for (; isNext(word); parts.push(parse())) tokens.shift();
    return parts;
  };
  const either = (): Licence => {
    const parts = joined('OR', both);
    return parts.length === 1 ? (parts[0] as Licence) : { any: parts };
  };
  const both = (): Licence => {
    const parts = joined('AND', single);
    return parts.length === 1 ? (parts[0] as Licence) : { all: parts };
  };
  const single = (): Licence => {
    const token = tokens.shift();
    if (token === '(') {
      const inner = either();
      if (tokens.shift() !== ')') throw new Error(`'${text}' lacks a closing bracket`);
      return inner;
    }
    if (token === undefined || token === ')' || /^(AND|OR|WITH)$/i.test(token)) throw new Error(`'${text}' lacks the id of a licence`);
    if (!isNext('WITH')) return { id: token };
    tokens.shift();
    return { id: `${token} WITH ${tokens.shift() ?? ''}` };
  };
  const parsed = either();
  if (tokens.length > 0) throw new Error(`'${text}' goes on after its end, at '${tokens[0]}'`);
  return parsed;
}

function toTokens(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let at = 0; text.slice(at).trim() !== ''; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (!match) throw new Error(`'${text}' is no licence expression`);
    tokens.push(match[1] as string);
  }
  return tokens;
}

/** Whether the allowed ids are enough to use what is under this licence: of `OR` one, of `AND` all. */
export function isAllowed(licence: Licence, allowed: ReadonlySet<string>): boolean {
  if ('id' in licence) return allowed.has(licence.id);
  return 'all' in licence ? licence.all.every((part) => isAllowed(part, allowed)) : licence.any.some((part) => isAllowed(part, allowed));
}
