/**
 * Adds `probability` of the loss `loss` to the two grid points around it, so that both P and Q keep their mass ("connect the
 * dots": Doroshenko, Ghazi, Kamath, Kumar, Manurangsi 2022, arXiv 2207.04380); what lies below `first` goes to it.
 */
export function splitAtom(
  mass: Float64Array,
  first: number,
  interval: number,
  loss: number,
  probability: number,
): void {
  const cell = Math.max(first, Math.floor(loss / interval));
  // e^(−loss) is Q over P: this share above and the rest below keep both masses.
  const above = Math.min(1, Math.max(0, Math.expm1(cell * interval - loss) / Math.expm1(-interval)));
  const at = cell - first;
  mass[at] = mass[at]! + probability * (1 - above);
  mass[at + 1] = mass[at + 1]! + probability * above;
}
