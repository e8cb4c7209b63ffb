/**
 * Completes package-lock.json, or checks that it is complete.
 *
 *   node tools/complete-lock.mjs            after each `npm install`: adds what is missing
 *   node tools/complete-lock.mjs --check    exits 1 and names what is missing
 *
 * A package with binaries names one optional package for each platform. Where the registry does not list one of them, `npm install` leaves
 * it out of the lock, and `npm ci` then refuses its own lock, or installs on another platform without the binary. What is missing is added
 * with the version that its parent asks for and the platform that its name says, which is all that npm needs to skip it elsewhere.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const OPERATING_SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
/** Word in a package's name: npm's name for the processor. */
const PROCESSORS = {
  arm: 'arm',
  armhf: 'arm',
  arm64: 'arm64',
  ia32: 'ia32',
  loong64: 'loong64',
  mips64el: 'mips64el',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
  wasm32: 'wasm32',
  x64: 'x64',
};

/** Packages for one system whose name does not tell it. */
const UNNAMED = { fsevents: 'darwin' };

/** True where a package at `from` finds `name`, in its own node_modules or in one above. */
function isLocked(packages, from, name) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (packages[`${at}/node_modules/${name}`.replace(/^\//, '')]) return true;
    if (!at.includes('/node_modules/')) return packages[`node_modules/${name}`] !== undefined;
  }
}

/** The entry of a platform package, read off its name; undefined where the name tells no platform. */
function describe(name, range, parent) {
  const words = name.split(/[-/]/);
  const os = UNNAMED[name] ?? OPERATING_SYSTEMS.find((system) => words.includes(system));
  const cpu = Object.keys(PROCESSORS).find((processor) => words.includes(processor));
  if (!os && !cpu) return undefined;
  const libc = words.includes('musl') ? 'musl' : os === 'linux' && (words.includes('gnu') || words.includes('glibc')) ? 'glibc' : undefined;
  return {
    version: range.replace(/^[\^~]/, ''),
    ...(cpu && { cpu: [PROCESSORS[cpu]] }),
    ...(parent.dev && { dev: true }),
    optional: true,
    ...(os && { os: [os] }),
    ...(libc && { libc: [libc] }),
  };
}

/** Adds the missing entries to `packages` and returns their names. */
function complete(packages) {
  const added = [];
  for (const [path, entry] of Object.entries(packages)) {
    if (path === '') continue; // the root's own optional packages are the lock's business
    for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
      if (isLocked(packages, path, name)) continue;
      const missing = describe(name, range, entry);
      if (!missing) throw new Error(`${path} asks for ${name}, which is not in the lock and whose name tells no platform`);
      packages[`node_modules/${name}`] = missing;
      added.push(`${name}@${missing.version} (for ${path.replace(/^.*node_modules\//, '')})`);
    }
  }
  return added;
}

const check = process.argv.includes('--check');
const file = process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? 'package-lock.json';
const lock = JSON.parse(readFileSync(file, 'utf8'));
const added = complete(lock.packages);

if (check && added.length > 0) {
  console.error(`${file} lacks platform packages; run node tools/complete-lock.mjs:\n  ${added.join('\n  ')}`);
  process.exit(1);
}
if (!check && added.length > 0) {
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
}
if (!check) console.log(added.length > 0 ? `added to ${file}:\n  ${added.join('\n  ')}` : `${file} is complete`);
