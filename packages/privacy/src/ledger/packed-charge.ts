/**
 * One number per order, packed as the contract stores it: lane i is 32 bits at bit 32·(i mod 8) of `rdpLow` for i < 8
 * and of `rdpHigh` for the others. A lane counts micro-RDP.
 */
export interface PackedCharge {
  readonly rdpLow: bigint;
  readonly rdpHigh: bigint;
}
