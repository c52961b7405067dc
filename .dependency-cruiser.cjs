// The arrows of ARCHITECTURE.md: packages import downward only.
const below = {
  base: [],
  onnx: ['base'],
  privacy: ['base'],
  attestation: ['base'],
  sealing: ['base'],
  market: ['base'],
  learning: ['base', 'onnx', 'privacy'],
  protocol: ['base', 'sealing'],
  chain: ['base', 'protocol'],
  sdk: ['base', 'onnx', 'privacy', 'attestation', 'sealing', 'market', 'learning', 'protocol', 'chain'],
};
const pure = ['onnx', 'privacy', 'attestation', 'sealing', 'market'];
const names = Object.keys(below);

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    ...names.map((name) => ({
      name: `${name}-imports-downward`,
      severity: 'error',
      from: { path: `^packages/${name}/src`, pathNot: '\\.test\\.ts$' },
      to: { path: '^(packages|apps|bench)/', pathNot: `^packages/(${[name, ...below[name]].join('|')})/` },
    })),
    {
      name: 'pure-packages-do-no-io',
      severity: 'error',
      from: { path: `^packages/(${pure.join('|')})/src`, pathNot: '\\.test\\.ts$' },
      to: {
        path: '^(node:)?(fs|fs/promises|net|http|https|http2|child_process|os|dgram|dns|tls|worker_threads|timers|timers/promises)$',
        dependencyTypes: ['core'],
      },
    },
    {
      name: 'apps-do-not-import-the-cli',
      severity: 'error',
      from: { path: '^apps/(coordinator|provider|owner|verifier|gateway)/' },
      to: { path: '^apps/cli/' },
    },
    { name: 'packages-do-not-import-apps', severity: 'error', from: { path: '^packages/' }, to: { path: '^apps/' } },
    {
      name: 'products-do-not-import-tests',
      severity: 'error',
      from: { pathNot: '(\\.test\\.ts$|/test/)' },
      to: { path: '(\\.test\\.ts$|/test/)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(node_modules|dist|generated)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
};
