/** What a step adds to each node of the binary trees over `steps` steps: 1 in its leaf and in all nodes above it. */
export function treeColumns(steps: number): Float64Array[] {
  const nodes: [number, number][] = [];
  const grow = (from: number, size: number): void => {
    nodes.push([from, from + size]);
    if (size === 1) return;
    grow(from, size / 2);
    grow(from + size / 2, size / 2);
  };
  for (let from = 0, left = steps; left > 0;) {
    const size = 2 ** Math.floor(Math.log2(left));
    grow(from, size);
    [from, left] = [from + size, left - size];
  }
  return Array.from({ length: steps }, (_, t) =>
    Float64Array.from(nodes, ([from, to]) => (t >= from && t < to ? 1 : 0)),
  );
}
