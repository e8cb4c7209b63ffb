/**
 * Exits 1 where a package of the lock is under a licence that is not allowed, or is installed from elsewhere than the lock's registry, without
 * a checksum, or with an install script that nobody has decided about.
 *
 *   node tools/check-licences.ts
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findLicenceFaults } from './licences.ts';
import { findLockFaults, listLicences, readLock } from './lock.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const { allowScripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { allowScripts: Record<string, boolean> };
const lock = readLock(`${root}package-lock.json`);
const packages = listLicences(lock, root);
const faults = [...findLockFaults(lock, allowScripts), ...findLicenceFaults(packages)];

for (const fault of faults) console.error(fault);
console.log(`${packages.length} packages, ${faults.length} faults of licence or origin`);
process.exitCode = faults.length === 0 ? 0 : 1;
