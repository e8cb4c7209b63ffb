/** What comes with an install: from where, under which licences, with which scripts; and that each rule refuses what breaks it. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expressionOf, findLicenceFaults, type LicencedPackage } from '../../../tools/licences.ts';
import { findLockFaults, type LockedPackage, listLicences, readLock } from '../../../tools/lock.ts';
import { makeSbom } from '../../../tools/sbom.ts';
import { judgeSignatures } from '../../../tools/signatures.ts';
import { isAllowed, parseLicence } from '../../../tools/spdx.ts';
import { ROOT, read } from './deployment-files.ts';

const lock = readLock(join(ROOT, 'package-lock.json'));
const { allowScripts } = JSON.parse(read('package.json')) as { allowScripts: Record<string, boolean> };

describe('licences', () => {
  test.each([
    ['MIT', true],
    ['(MIT)', true],
    ['GPL-3.0-only', false],
    ['(MIT OR GPL-3.0-or-later)', true],
    ['MIT or MPL-2.0', true],
    ['MIT AND GPL-3.0-or-later', false],
    ['MIT AND GPL-3.0-only OR Apache-2.0', true], // AND binds first
    ['MIT AND (GPL-3.0-only OR AGPL-3.0-only)', false],
    ['(GPL-2.0-only OR MIT) AND (ISC OR SSPL-1.0)', true],
    ['GPL-2.0-only WITH Classpath-exception-2.0', false],
    ['Apache-2.0+', false], // another id than the one that is allowed
  ])('%s: %s', (text, expected) => {
    expect(isAllowed(parseLicence(text), new Set(['MIT', 'Apache-2.0', 'ISC']))).toBe(expected);
  });

  test.each(['', '(MIT', 'MIT)', 'MIT Apache-2.0', 'OR MIT', 'MIT AND', 'SEE LICENSE IN <file>', 'MIT, ISC'])(
    'refuses to read "%s"',
    (text) => {
      expect(() => parseLicence(text)).toThrow(/licence|bracket|end/);
    },
  );

  test('every package of the lock is under one that is allowed, or has a reason that still holds', () => {
    const packages = listLicences(lock, ROOT);
    expect(packages.length).toBeGreaterThan(400);
    expect(findLicenceFaults(packages)).toEqual([]);
  });

  test('what is unknown, forbidden, changed, or excused in vain is told', () => {
    const planted = (locked: unknown, installed: unknown = locked, name = 'planted'): LicencedPackage => ({
      name,
      version: '1.0.0',
      locked,
      installed,
    });
    const faultsOf = (one: LicencedPackage) => findLicenceFaults([one], []).join();
    expect(faultsOf(planted('MIT'))).toBe('');
    expect(faultsOf(planted('AGPL-3.0-only'))).toContain("planted@1.0.0 is under 'AGPL-3.0-only', which is not allowed");
    expect(faultsOf(planted(undefined))).toContain('no licence that can be read');
    expect(faultsOf(planted('UNLICENSED'))).toContain('not allowed');
    expect(faultsOf(planted('SEE LICENSE IN eula.txt'))).toContain('no licence that can be read');
    expect(faultsOf(planted('MIT', 'GPL-3.0-only'))).toContain("is under 'GPL-3.0-only', not 'MIT' as the lock says");
    expect(faultsOf(planted(undefined, [{ type: 'MIT' }, { type: 'GPL-2.0-only' }]))).toContain('not allowed');
    expect(expressionOf({ type: 'ISC', url: 'x' })).toBe('ISC');
    const exception = [{ packages: /^planted$/, declares: 'MPL-2.0', reason: 'for this test' }];
    expect(findLicenceFaults([planted('MPL-2.0')], exception)).toEqual([]);
    expect(findLicenceFaults([planted('GPL-2.0-only')], exception).join()).toMatch(/not allowed.*no package needs the exception/);
  });
});

describe('the lock', () => {
  test('names for each package an exact version and a checksum, from the registry alone, and each install script is decided about', () => {
    expect(findLockFaults(lock, allowScripts)).toEqual([]);
    expect(Object.entries(lock.packages).filter(([, entry]) => entry.hasInstallScript).length).toBeGreaterThan(3);
  });

  const sound: LockedPackage = { version: '1.2.3', integrity: `sha512-${'A'.repeat(86)}==`, license: 'MIT' };
  const faultsOf = (entry: LockedPackage, path = 'node_modules/planted') =>
    findLockFaults({ packages: { [path]: entry } }, { known: false }).join();

  test.each<[string, LockedPackage, RegExp]>([
    ['another host', { ...sound, resolved: 'https://registry.example.org/planted-1.2.3.tgz' }, /comes from https:\/\/registry.example/],
    ['a repository', { ...sound, resolved: 'git+ssh://git@github.com/a/planted.git#0af' }, /comes from git/],
    ['no checksum', { ...sound, integrity: undefined }, /no integrity/],
    ['an optional one without a platform and a checksum', { ...sound, integrity: undefined, optional: true }, /no integrity/],
    ['a weak checksum', { ...sound, integrity: 'sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=' }, /weak integrity/],
    ['no version', { ...sound, version: 'git+https://example.org/planted' }, /no exact version/],
    ['a dependency from a repository', { ...sound, dependencies: { other: 'github:a/other' } }, /takes other from github/],
    ['a dependency from a short name of a repository', { ...sound, dependencies: { other: 'a/other#main' } }, /takes other from a\/other/],
    ['a dependency from an address', { ...sound, optionalDependencies: { other: 'https://example.org/o.tgz' } }, /takes other from https/],
    ['an install script that nobody decided about', { ...sound, hasInstallScript: true }, /install script/],
  ])('is refused with %s', (_, entry, fault) => {
    expect(faultsOf(sound)).toBe('');
    expect(faultsOf(entry)).toMatch(fault);
  });

  test('of our own packages is refused with a range of versions; an install script that was decided about is not', () => {
    expect(faultsOf({ dependencies: { other: '^1.2.3' } }, 'server')).toMatch(/server does not name a version of other/);
    expect(faultsOf({ ...sound, hasInstallScript: true }, 'node_modules/a/node_modules/known')).toBe('');
  });
});

describe('signatures', () => {
  test.each([
    ['all are signed', '{"invalid":[],"missing":[]}', 'signed'],
    ['one is wrong', '{"invalid":[{"name":"a","version":"1.0.0","code":"EINTEGRITYSIGNATURE"}],"missing":[]}', 'wrong'],
    ['one has none', '{"invalid":[],"missing":[{"name":"a","version":"1.0.0"}]}', 'wrong'],
    ['there is no network', '{"error":{"code":"ENOTFOUND","summary":"getaddrinfo ENOTFOUND registry"}}', 'not asked'],
    ['the registry is down', '{"error":{"code":"E503","summary":"503 Service Unavailable"}}', 'not asked'],
    [
      'a mirror signs nothing',
      '{"error":{"code":null,"summary":"found no dependencies to audit that were installed from a supported registry"}}',
      'not asked',
    ],
    ['the keys have expired', '{"error":{"code":"EEXPIREDSIGNATUREKEY","summary":"expired"}}', 'wrong'],
    ['nothing is installed', '{"error":{"code":null,"summary":"found no installed dependencies to audit"}}', 'wrong'],
    ['npm says nothing', '', 'wrong'],
  ])('where %s', (_, output, verdict) => {
    expect(judgeSignatures(output).verdict).toBe(verdict);
  });
});

describe('the bill of materials', () => {
  const bom = makeSbom(lock);
  const names = new Set(bom.components.map((component) => component.name));

  test('has every shipped package with its checksum and licence, and none of the tools', () => {
    const { dependencies } = JSON.parse(read('server/package.json')) as { dependencies: Record<string, string> };
    const refs = bom.components.map((component) => component['bom-ref']);
    expect(refs).toEqual(expect.arrayContaining(Object.entries(dependencies).map(([each, version]) => `${each}@${version}`)));
    expect(refs).toEqual(expect.arrayContaining([expect.stringMatching(/^pg-protocol@/)])); // of pg, which a tool uses as well
    for (const tool of ['vitest', 'typescript', 's3rver', '@biomejs/biome', 'fast-check']) expect(names).not.toContain(tool);
    const without = (field: 'licenses' | 'hashes') =>
      bom.components.filter((each) => !each[field]).map((each) => each.name.replace(/^(@napi-rs\/canvas)-.*/, '$1-*'));
    expect([...new Set(without('licenses'))]).toEqual(['@napi-rs/canvas-*']); // for other machines: tools/licences.ts says why
    expect([...new Set(without('hashes'))]).toEqual(['@flow-platform/sdk', '@flow-platform/server', '@napi-rs/canvas-*']);
  });

  test('tells who uses whom, from the platform on', () => {
    const usedBy = new Map(bom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
    const reached = new Set<string>();
    const visit = (ref: string) => {
      if (reached.has(ref)) return;
      reached.add(ref);
      usedBy.get(ref)?.forEach(visit);
    };
    visit(bom.metadata.component['bom-ref']);
    expect(bom.components.map((component) => component['bom-ref']).filter((ref) => !reached.has(ref))).toEqual([]);
  });

  test('is the same for the same lock, in whatever order it is written, and another one for another package', () => {
    const turned = { packages: Object.fromEntries(Object.entries(lock.packages).reverse()) };
    expect(JSON.stringify(makeSbom(turned))).toBe(JSON.stringify(bom));
    const other = makeSbom({
      packages: { ...lock.packages, 'node_modules/pg': { ...lock.packages['node_modules/pg'], version: '0.0.0' } },
    });
    expect(other.serialNumber).not.toBe(bom.serialNumber);
    expect(bom.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
