#!/usr/bin/env node
// Plain JavaScript on purpose: an old Node must reach the message instead of a syntax error.
const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  console.error(
    `flow needs Node.js 24 or later; this is ${process.version}. In a clone, \`npm ci\` brings one for Linux and Windows: use \`npx flow\`. Elsewhere install Node.js 24.`,
  );
  process.exit(1);
}
await import('../src/cli/flow.ts');
