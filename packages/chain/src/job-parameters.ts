/** Parameters of new matches, within the bounds of the contract. */
export interface JobParameters {
  /** Seconds that a provider has to start. */
  startWindow: number;
  /** Seconds between delivery and settlement of a job that demands level 0; then levels 1 to 3. */
  contestWindow0: number;
  contestWindow1: number;
  contestWindow2: number;
  contestWindow3: number;
  /** The treasury's part of the price in basis points. */
  feeBps: number;
  /** What of the price a provider locks as stake, in basis points. */
  stakeRatioBps: number;
}
