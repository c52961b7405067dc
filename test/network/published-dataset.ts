import { join } from 'node:path';
import { expect } from 'vitest';
import { writeDemoData, type DemoData } from '../../apps/cli/src/demo/demo-data.ts';
import type { TestNetwork } from './test-network.ts';
import { until } from './until.ts';

/** The demo's table as the hospital's dataset, granted by its agent. */
export interface PublishedDataset extends DemoData {
  datasetId: `0x${string}`;
}

/**
 * Publishes 80 % of the WDBC table as the hospital does, by hand, and waits for the agent's grant.
 *
 * @param options further options of `dataset publish`
 */
export async function publishWdbc(
  { folder, encryptech }: Pick<TestNetwork, 'folder' | 'encryptech'>,
  { options = [], csv }: { options?: string[]; csv?: string } = {},
): Promise<PublishedDataset> {
  const data = await writeDemoData(join(folder, 'demo'));
  const published = await encryptech(
    ...['dataset', 'publish', csv ?? data.hospitalCsv, '--schema', data.schemaFile],
    ...['--nominal-rows', '450', '--yes', '--json', ...options],
  );
  expect(published.err + (published.code === 0 ? '' : published.out)).toBe('');
  const { datasetId } = published.json<{ datasetId: `0x${string}` }>();
  await until('the grant of the owner’s agent', async () => {
    const listed = (await encryptech('dataset', 'list', '--json')).json<{ datasetId: string; grants: number }[]>();
    return listed.find((dataset) => dataset.datasetId === datasetId && dataset.grants > 0);
  });
  return { ...data, datasetId };
}
