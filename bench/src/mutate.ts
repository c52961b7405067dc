/** One change of one line of a source. */
export interface Mutant {
  /** Path inside the repository. */
  path: string;
  /** Counted from 1. */
  line: number;
  before: string;
  after: string;
}

/** Each entry: what is looked for, and what stands there instead. Spaces around operators tell them from other signs. */
const OPERATORS: readonly (readonly [RegExp, string])[] = [
  [/ < /g, ' <= '],
  [/ <= /g, ' < '],
  [/ > /g, ' >= '],
  [/ >= /g, ' > '],
  [/ == /g, ' != '],
  [/ != /g, ' == '],
  [/ && /g, ' || '],
  [/ \|\| /g, ' && '],
  [/ \+ /g, ' - '],
  [/ - /g, ' + '],
  [/ \* /g, ' / '],
  [/ \/ /g, ' * '],
  [/ \+= /g, ' -= '],
  [/ -= /g, ' += '],
  [/ (restricted|nonReentrant|whenNotPaused|onlyRole\([^)]*\))(?= |$)/g, ''],
  [/(?<=if \()!(?=\w)/g, ''],
  // A guard that never fires.
  [/^(\s*)if \(.*\) revert .*;$/g, '$1{}'],
  // A limit that is off by one.
  [/(?<=(?:constant|immutable)\b.* = )(\d[\d_]*)(?=;)/g, '$1 + 1'],
  // Money that is not moved, or not counted.
  [/^(\s*)[\w.()]+\.(safeTransfer|safeTransferFrom|draw|add)\(.*\);$/g, '$1{}'],
];

/** Every mutant of a Solidity source: one operator at one place each. Comments, imports and headers of loops stay as they are. */
export function mutantsOf(path: string, source: string): Mutant[] {
  const mutants: Mutant[] = [];
  let isComment = false;
  for (const [index, before] of source.split('\n').entries()) {
    const text = before.trim();
    if (text.startsWith('/*')) isComment = true;
    const isSkipped =
      isComment || /^(\/\/|\*|import|pragma|event|error|for \(|using|assembly|emit|@|struct|interface)/.test(text);
    if (text.endsWith('*/')) isComment = false;
    if (isSkipped) continue;
    for (const [pattern, replacement] of OPERATORS) {
      for (const match of before.matchAll(pattern)) {
        const head = before.slice(0, match.index);
        if (head.includes('//')) continue;
        const found = new RegExp(pattern.source);
        const after =
          head.length === 0
            ? before.replace(found, replacement)
            : head +
              (replacement.includes('$1') ? match[0].replace(match[1] ?? '', `${match[1] ?? ''} + 1`) : replacement) +
              before.slice(match.index + match[0].length);
        if (after !== before) mutants.push({ path, line: index + 1, before, after });
      }
    }
  }
  return mutants;
}

/** A sample that is the same everywhere: spread evenly over all of them. */
export function sample<T>(all: readonly T[], count: number): T[] {
  if (all.length <= count) return [...all];
  return Array.from({ length: count }, (_, i) => all[Math.floor(((i + 0.5) * all.length) / count)]!);
}
