/**
 * Writes the bill of materials of the shipped packages, CycloneDX.
 *
 *   npm run sbom              dist/sbom.cdx.json
 *   npm run sbom -- FILE
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readLock } from './lock.ts';
import { makeSbom } from './sbom.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const path = resolve(process.argv[2] ?? `${root}dist/sbom.cdx.json`);
const bom = makeSbom(readLock(`${root}package-lock.json`));
mkdirSync(dirname(path), { recursive: true });
writeFileSync(path, `${JSON.stringify(bom, null, 2)}\n`);
console.log(`${path}: ${bom.components.length} packages`);
