/** Requests that are under way at the same time. */
const AT_ONCE = 32;

/** What `read` gives for each item, in the items' order; a few dozen requests at a time. */
export async function inBatches<Item, Result>(
  items: readonly Item[],
  read: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(read))));
  }
  return results;
}
