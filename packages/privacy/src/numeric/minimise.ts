const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** The argument near which a function of one peak downwards is least, sought on a logarithmic scale from `low` to `high`. */
export function minimiseOnLogScale(f: (x: number) => number, low: number, high: number): number {
  const at = (t: number) => low * (high / low) ** t;
  const cells = 48;
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i <= cells; i++) {
    const value = f(at(i / cells));
    if (value < least) {
      least = value;
      best = i;
    }
  }
  let a = Math.max(0, best - 1) / cells;
  let b = Math.min(cells, best + 1) / cells;
  let c = b - GOLDEN * (b - a);
  let d = a + GOLDEN * (b - a);
  let fc = f(at(c));
  let fd = f(at(d));
  for (let i = 0; i < 24; i++) {
    if (fc < fd) {
      b = d;
      d = c;
      fd = fc;
      c = b - GOLDEN * (b - a);
      fc = f(at(c));
    } else {
      a = c;
      c = d;
      fc = fd;
      d = a + GOLDEN * (b - a);
      fd = f(at(d));
    }
  }
  return at((a + b) / 2);
}
