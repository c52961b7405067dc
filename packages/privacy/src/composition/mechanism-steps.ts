/** A number of independent uses of one mechanism; a composition is a list of them, in any order. */
export type MechanismSteps =
  /** Each unit takes part with probability `q`; noise of `sigma` clip norms on the sum. */
  | { readonly mechanism: 'sampled-gaussian'; readonly sigma: number; readonly q: number; readonly steps: number }
  /** Every unit takes part; noise of `sigma` clip norms (in the Euclidean norm) on the sum. */
  | { readonly mechanism: 'gaussian'; readonly sigma: number; readonly steps: number }
  /** Every unit takes part; Laplace noise of scale `scale`, in bounds of one unit's contribution (in the 1-norm). */
  | { readonly mechanism: 'laplace'; readonly scale: number; readonly steps: number }
  /** Every unit answers; the truth is e^`epsilon` times as likely as each of the other `categories` − 1 answers. */
  | {
      readonly mechanism: 'randomised-response';
      readonly epsilon: number;
      readonly categories: number;
      readonly steps: number;
    };

/** The names of mechanisms that compositions know. */
export const MECHANISMS = ['sampled-gaussian', 'gaussian', 'laplace', 'randomised-response'] as const;
