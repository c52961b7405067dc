#!/usr/bin/env node
// The npm solc (WebAssembly) behind the two calls that forge makes of a compiler.
const solc = require('solc');

if (process.argv.includes('--version')) {
  process.stdout.write(`solc, the Solidity compiler (npm, WebAssembly)\nVersion: ${solc.version()}\n`);
} else if (process.argv.includes('--standard-json')) {
  process.stdout.write(solc.compile(require('node:fs').readFileSync(0, 'utf8')));
} else {
  process.stderr.write('solc.cjs answers --version and --standard-json only\n');
  process.exit(1);
}
