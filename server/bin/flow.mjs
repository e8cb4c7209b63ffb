#!/usr/bin/env node
import { fileURLToPath } from 'node:url';

// Plain JavaScript on purpose: an old Node must reach the message instead of a syntax error.
const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  console.error(
    `flow needs Node.js 24 or later; this is ${process.version}. In a clone, \`npm ci\` brings one for Linux and Windows: use \`npx flow\`. Elsewhere install Node.js 24.`,
  );
  process.exit(1);
}
// Compiled code is kept beside the install (not in a temporary folder that others may write to): a third less time to start.
const { enableCompileCache } = await import('node:module');
const cache = fileURLToPath(new URL('../../node_modules/.cache/flow', import.meta.url));
enableCompileCache(process.env.NODE_COMPILE_CACHE ?? cache);
process.env.NODE_COMPILE_CACHE ??= cache; // the function counts for this thread alone
await import('../src/cli/flow.ts');
