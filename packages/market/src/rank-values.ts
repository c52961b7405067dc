/**
 * The place of each bigint among all distinct ones, per list: comparing places is comparing values, exactly and without
 * big numbers in an inner loop.
 */
export function rankValues(lists: readonly (readonly bigint[])[]): Int32Array[] {
  const distinct = [...new Set(lists.flat())].sort((a, b) => (a < b ? -1 : 1));
  const places = new Map(distinct.map((value, i) => [value, i]));
  return lists.map((list) => Int32Array.from(list, (value) => places.get(value)!));
}
