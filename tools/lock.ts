/** package-lock.json, and what must be so of every package in it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LicencedPackage } from './licences.ts';

export interface LockedPackage {
  /** Of our own packages alone. */
  name?: string;
  version?: string;
  resolved?: string;
  integrity?: string;
  license?: unknown;
  link?: boolean;
  /** Used by tools and tests alone. */
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  hasInstallScript?: boolean;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

export interface Lock {
  packages: Record<string, LockedPackage>;
}

const REGISTRY = 'https://registry.npmjs.org/';
const FROM_ELSEWHERE = /^(git|github|gitlab|bitbucket|http|https|file|ssh)[:+]|^[\w.-]+\/[\w.-]+(#|$)|^(\.|~)?\//;
const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/;

export const readLock = (path: string): Lock => JSON.parse(readFileSync(path, 'utf8')) as Lock;

/** `node_modules/a/node_modules/@b/c` is `@b/c`. */
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

const isOurs = (path: string) => !path.includes('node_modules/');

/** What stands against installing from this lock, a line each. `allowScripts` is package.json's list of packages with an install script. */
export function findLockFaults(lock: Lock, allowScripts: Readonly<Record<string, boolean>>): string[] {
  return Object.entries(lock.packages).flatMap(([path, entry]) => {
    const wants = Object.entries({ ...entry.dependencies, ...entry.optionalDependencies, ...entry.devDependencies });
    const elsewhere = wants
      .filter(([, range]) => FROM_ELSEWHERE.test(range))
      .map(([name, range]) => `${path || '.'} takes ${name} from ${range}`);
    if (!isOurs(path)) return [...elsewhere, ...faultsOfPackage(path, entry, allowScripts)];
    const inexact = wants
      .filter(([, range]) => !EXACT.test(range))
      .map(([name, range]) => `${path || '.'} does not name a version of ${name}: ${range}`);
    return [...elsewhere, ...inexact];
  });
}

function faultsOfPackage(path: string, entry: LockedPackage, allowScripts: Readonly<Record<string, boolean>>): string[] {
  if (entry.link) return [];
  const faults: string[] = [];
  const isPlatformBinary = entry.optional === true && (entry.os !== undefined || entry.cpu !== undefined);
  if (entry.resolved !== undefined && !entry.resolved.startsWith(REGISTRY)) faults.push(`${path} comes from ${entry.resolved}`);
  // What tools/complete-lock.mjs adds for other machines has none: the registry did not know it. Its version is its parent's, exactly.
  if (entry.integrity === undefined && !isPlatformBinary) faults.push(`${path} has no integrity`);
  if (entry.integrity !== undefined && !/^sha512-[\w+/]{86}==$/.test(entry.integrity)) faults.push(`${path} has a weak integrity`);
  if (!EXACT.test(entry.version ?? '')) faults.push(`${path} has no exact version`);
  const hasScript = entry.hasInstallScript === true && allowScripts[nameOf(path)] === undefined;
  if (hasScript) faults.push(`${path} has an install script that allowScripts of package.json does not decide about`);
  return faults;
}

/** Every package of the lock that is not ours, with what it declares there and where it is installed. */
export function listLicences(lock: Lock, root: string): LicencedPackage[] {
  return Object.entries(lock.packages)
    .filter(([path, entry]) => !isOurs(path) && !entry.link)
    .map(([path, { version = '', license }]) => ({
      name: nameOf(path),
      version,
      locked: license,
      installed: readInstalled(join(root, path)),
    }));
}

function readInstalled(folder: string): unknown {
  try {
    const { license, licenses } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;
    return license ?? licenses;
  } catch {
    return undefined; // for another platform
  }
}
