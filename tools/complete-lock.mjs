// Adds to package-lock.json the optional platform packages that the registry did not list, so that `npm ci` accepts the lock.
import { readFileSync, writeFileSync } from 'node:fs';

const f = process.argv[2] ?? 'package-lock.json';
const lock = JSON.parse(readFileSync(f, 'utf8'));
const P = lock.packages;
let n = 0;
const OS = ['android', 'darwin', 'linux', 'win32', 'freebsd', 'openharmony', 'openbsd', 'sunos', 'aix'],
  CPU = {
    x64: 'x64',
    arm64: 'arm64',
    ia32: 'ia32',
    arm: 'arm',
    riscv64: 'riscv64',
    ppc64: 'ppc64',
    s390x: 's390x',
    loong64: 'loong64',
    wasm32: 'wasm32',
    armhf: 'arm',
  };
for (const [path, e] of Object.entries(P))
  for (const [name, range] of Object.entries(e.optionalDependencies ?? {})) {
    if (path === '') continue;
    let at = path,
      found = false;
    for (;;) {
      if (P[`${at}/node_modules/${name}`.replace(/^\//, '')]) {
        found = true;
        break;
      }
      const i = at.lastIndexOf('/node_modules/');
      if (i < 0) break;
      at = at.slice(0, i);
    }
    if (found || P[`node_modules/${name}`]) continue;
    const t = name.split(/[-/]/);
    const os = OS.find((o) => t.includes(o)),
      cpu = Object.keys(CPU).find((c) => t.includes(c));
    if (!os && !cpu) {
      console.error('not a platform package:', name);
      continue;
    }
    P[`node_modules/${name}`] = {
      version: range.replace(/^[\^~]/, ''),
      ...(cpu && { cpu: [CPU[cpu]] }),
      ...(e.dev && { dev: true }),
      optional: true,
      ...(os && { os: [os] }),
      ...(t.includes('musl') && { libc: ['musl'] }),
      ...((t.includes('gnu') || t.includes('glibc')) && os === 'linux' && { libc: ['glibc'] }),
    };
    n++;
  }
lock.packages = Object.fromEntries(Object.entries(P).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(f, JSON.stringify(lock, null, 2) + '\n');
console.log('added', n);
