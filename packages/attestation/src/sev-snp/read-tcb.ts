import type { SnpTcb } from '../claims.ts';
import type { SnpProduct } from './products.ts';

/**
 * The parts of a TCB_VERSION (AMD 56860, TCB_VERSION): Turin has put the FMC first and moved the others; the same 64 bits mean
 * other things on other products, and parts are compared one by one, never as one number.
 */
export function readTcb(bytes: Uint8Array, product: SnpProduct): SnpTcb {
  const at = (index: number): number => bytes[index]!;
  return product === 'Turin'
    ? { fmc: at(0), bootloader: at(1), tee: at(2), snp: at(3), microcode: at(7) }
    : { bootloader: at(0), tee: at(1), snp: at(6), microcode: at(7) };
}
