/** Under which licences a package may come with ours, and which package may for a reason of its own. */
import { isAllowed, parseLicence } from './spdx.ts';

/** Nothing but a notice is asked for, whatever the platform is used for. */
export const ALLOWED: ReadonlySet<string> = new Set([
  ...['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'CC0-1.0', 'ISC', 'MIT', 'MIT-0', 'Unlicense', 'Zlib'],
]);

interface Exception {
  packages: RegExp;
  /** What it declares; '' where it declares nothing. With anything else it is no exception. */
  declares: string;
  reason: string;
}

const LIBVIPS =
  'libvips, a shared library of its own that sharp loads: it is not changed, and can be replaced, which is what the LGPL asks for';

export const EXCEPTIONS: readonly Exception[] = [
  { packages: /^@img\/sharp-libvips-/, declares: 'LGPL-3.0-or-later', reason: LIBVIPS },
  { packages: /^@img\/sharp-win32-/, declares: 'Apache-2.0 AND LGPL-3.0-or-later', reason: LIBVIPS },
  { packages: /^@img\/sharp-wasm32$/, declares: 'Apache-2.0 AND LGPL-3.0-or-later AND MIT', reason: LIBVIPS },
  { packages: /^lightningcss(-|$)/, declares: 'MPL-2.0', reason: 'a tool of the tests (of vite), which is not changed and not shipped' },
  { packages: /^duck$/, declares: 'BSD', reason: 'its LICENSE is the text of BSD-2-Clause' },
  {
    packages: /^@biomejs\/cli-/,
    declares: '',
    reason: 'a binary of @biomejs/biome (MIT OR Apache-2.0) for a machine that the lock was not made on',
  },
  { packages: /^@napi-rs\/canvas-/, declares: '', reason: 'a binary of @napi-rs/canvas (MIT) for a machine that the lock was not made on' },
  {
    packages: /^(humanize-number|only)$/,
    declares: '',
    reason: 'a tool of the tests (of s3rver), under MIT by its README, and not shipped',
  },
];

export interface LicencedPackage {
  name: string;
  version: string;
  /** As the lock has it, and as the installed package.json has it; undefined where there is none. */
  locked: unknown;
  installed: unknown;
}

/** The declaration as one expression: old packages have an object, or a list of them. */
export function expressionOf(declared: unknown): string {
  if (typeof declared === 'string') return declared.trim();
  if (Array.isArray(declared)) return declared.map(expressionOf).join(' AND '); // a list does not say whether one may choose
  if (typeof declared === 'object' && declared !== null && 'type' in declared) return expressionOf(declared.type);
  return '';
}

/** What stands against using these packages, a line each; exceptions that none of them needs among it. */
export function findLicenceFaults(packages: readonly LicencedPackage[], exceptions = EXCEPTIONS): string[] {
  const used = new Set<Exception>();
  const faults = packages.flatMap((one) => faultOf(one, exceptions, used) ?? []);
  const unused = exceptions.filter((exception) => !used.has(exception));
  return [...faults, ...unused.map(({ packages: pattern }) => `no package needs the exception of ${pattern}: delete it`)];
}

function faultOf(one: LicencedPackage, exceptions: readonly Exception[], used: Set<Exception>): string | undefined {
  const { name, version } = one;
  const locked = expressionOf(one.locked);
  const installed = expressionOf(one.installed);
  if (locked !== '' && installed !== '' && locked !== installed)
    return `${name}@${version} is under '${installed}', not '${locked}' as the lock says`;
  const declared = locked || installed;
  const exception = exceptions.find((each) => each.packages.test(name) && each.declares === declared);
  if (exception) {
    used.add(exception);
    return undefined;
  }
  try {
    return isAllowed(parseLicence(declared), ALLOWED) ? undefined : `${name}@${version} is under '${declared}', which is not allowed`;
  } catch (error) {
    return `${name}@${version} has no licence that can be read: ${error instanceof Error ? error.message : error}`;
  }
}
