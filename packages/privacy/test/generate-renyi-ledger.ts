import { writeFileSync } from 'node:fs';
import { renyiLedgerVectors } from './renyi-ledger-vectors.ts';

// Writes the vectors that Datasets.sol and this package both must meet: `node packages/privacy/test/generate-renyi-ledger.ts`.
writeFileSync(new URL('../../../vectors/renyi-ledger.json', import.meta.url), renyiLedgerVectors());
