import type { ArgsDef } from 'citty';
import { badRequest } from '#base';

/**
 * Refuses what a slip of the pen makes: an option that there is not, one without its value, a word too many. The parser beneath lets all of
 * them pass, and a server on the wrong port is found late. Throws `bad_request`.
 */
export function checkArguments(rawArgs: readonly string[], defined: ArgsDef): void {
  const words: string[] = [];
  for (let i = 0; i < rawArgs.length; i++) {
    const arg = rawArgs[i] as string;
    if (arg === '--') {
      words.push(...rawArgs.slice(i + 1));
      break;
    }
    if (!arg.startsWith('-') || arg === '-') words.push(arg);
    else if (takesNext(arg, rawArgs[i + 1], defined)) i++;
  }
  const places = Object.values(defined).filter((definition) => definition.type === 'positional').length;
  if (words.length > places) throw badRequest(`'${words[places]}' is a word too many; --help shows what goes where`);
}

/** True where the option's value is the next argument. */
function takesNext(arg: string, next: string | undefined, defined: ArgsDef): boolean {
  const [name = '', value] = arg.replace(/^--/, '').split(/=(.*)/s, 2);
  const definition = arg.startsWith('--') && Object.hasOwn(defined, name) ? defined[name] : undefined;
  if (!definition || definition.type === 'positional') throw badRequest(`There is no option ${arg.split('=')[0]}; --help lists them`);
  if (definition.type === 'boolean') return false;
  if ((value ?? next ?? '') === '') throw badRequest(`--${name} needs a value: ${definition.description}`);
  return value === undefined;
}
