/**
 * The bill of materials of what is shipped, CycloneDX 1.6, made of the lock alone: the same bytes for the same lock. `npm sbom --omit dev` leaves
 * out what the tools use as well, although it is shipped (npm 11: pg-protocol, yaml and 50 more of ours), so it is not asked.
 */
import { createHash } from 'node:crypto';
import { expressionOf } from './licences.ts';
import { type Lock, type LockedPackage, nameOf } from './lock.ts';
import { parseLicence } from './spdx.ts';

export interface Component {
  type: 'application' | 'library';
  'bom-ref': string;
  name: string;
  version: string;
  scope: 'required' | 'optional';
  purl: string;
  hashes?: { alg: 'SHA-512'; content: string }[];
  licenses?: [{ expression: string } | { license: { id: string } | { name: string } }];
}

export interface Bom {
  $schema: string;
  bomFormat: 'CycloneDX';
  specVersion: '1.6';
  serialNumber: string;
  version: 1;
  metadata: { component: Component };
  components: Component[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

type Place = [path: string, entry: LockedPackage];

/** `optional`: comes with some installs alone, as a binary does for another platform. */
export function makeSbom(lock: Lock): Bom {
  const shipped = Object.entries(lock.packages).filter(([path, entry]) => path !== '' && !entry.dev && !entry.link);
  const root: Place = ['', lock.packages[''] ?? {}];
  const components = byRef(shipped.map(toComponent));
  const known = new Set(components.map((component) => component['bom-ref']));
  const dependencies = new Map<string, Set<string>>();
  for (const place of [root, ...shipped]) {
    const list = dependencies.get(refOf(place)) ?? new Set();
    dependencies.set(refOf(place), list);
    for (const found of targetsOf(lock, place)) if (known.has(found)) list.add(found);
  }
  const body: Bom = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: '',
    version: 1,
    metadata: { component: { ...toComponent(root), type: 'application' } },
    components,
    dependencies: [...dependencies].map(([ref, list]) => ({ ref, dependsOn: [...list].sort() })).sort((a, b) => (a.ref < b.ref ? -1 : 1)),
  };
  return { ...body, serialNumber: `urn:uuid:${toUuid(JSON.stringify(body))}` };
}

const nameAt = ([path, entry]: Place): string => entry.name ?? nameOf(path);

const refOf = (place: Place): string => `${nameAt(place)}@${place[1].version}`;

/** Once each, in order; one that is required anywhere is required. */
function byRef(components: Component[]): Component[] {
  const made = new Map<string, Component>();
  for (const component of components) {
    if (made.get(component['bom-ref'])?.scope !== 'required') made.set(component['bom-ref'], component);
  }
  return [...made.values()].sort((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1));
}

function toComponent(place: Place): Component {
  const [, { version = '', optional, integrity, license }] = place;
  const name = nameAt(place);
  const declared = expressionOf(license);
  const hash = integrity?.startsWith('sha512-') ? Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex') : undefined;
  return {
    type: 'library',
    'bom-ref': refOf(place),
    name,
    version,
    scope: optional ? 'optional' : 'required',
    purl: `pkg:npm/${name.replace(/^@/, '%40')}@${version}`,
    ...(hash === undefined ? {} : { hashes: [{ alg: 'SHA-512', content: hash }] }),
    ...(declared === '' ? {} : { licenses: [toLicence(declared)] }),
  };
}

/** CycloneDX wants one id as an id, several as an expression with capital operators, and what SPDX does not know as a name. */
function toLicence(declared: string): { expression: string } | { license: { id: string } | { name: string } } {
  const parsed = parseLicence(declared);
  if (!('id' in parsed)) return { expression: declared.replaceAll(/\b(and|or|with)\b/g, (word) => word.toUpperCase()) };
  return { license: parsed.id === 'BSD' ? { name: parsed.id } : { id: parsed.id } };
}

/** What a package is given at its place: the nearest of each name, as Node looks for it. */
function targetsOf(lock: Lock, [path, entry]: Place): string[] {
  const names = path === '' ? ['@flow-platform/sdk', '@flow-platform/server'] : [];
  const wanted = [...names, ...Object.keys({ ...entry.dependencies, ...entry.optionalDependencies, ...entry.peerDependencies })];
  return wanted.flatMap((name) => {
    const found = find(lock, path, name);
    return found ? [refOf(found)] : [];
  });
}

function find(lock: Lock, from: string, name: string): Place | undefined {
  for (let at = from; ; at = at.includes('/') ? at.slice(0, at.lastIndexOf('/')) : '') {
    const path = `${at === '' ? '' : `${at}/`}node_modules/${name}`;
    const entry = lock.packages[path];
    if (entry?.link) return entry.resolved === undefined ? undefined : [entry.resolved, lock.packages[entry.resolved] ?? {}];
    if (entry) return [path, entry];
    if (at === '') return undefined;
  }
}

/** A UUID of version 8 (RFC 9562) made of the content: two bills with the same number say the same. */
function toUuid(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
