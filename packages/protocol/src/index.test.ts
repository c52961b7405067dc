import { expect, test } from 'vitest';
import * as compliance from './compliance.ts';
import * as index from './index.ts';
import * as node from './node.ts';

test('the exported names', () => {
  expect(Object.keys(index).sort()).toMatchSnapshot();
  expect(Object.keys(node)).toStrictEqual(['createFolderBlobStore']);
  expect(Object.keys(compliance)).toStrictEqual(['blobStoreCompliance']);
});
