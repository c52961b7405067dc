/** One measured number, with the goal it is held against and the settings it was measured under. */
export interface Figure {
  name: string;
  figure: number;
  unit: string;
  /** The goal in words, such as `<= 1.25`; null when the figure is only reported. */
  goal: string | null;
  /** Whether the goal is met; null when there is none. */
  holds: boolean | null;
  settings: Readonly<Record<string, string | number | boolean>>;
}
