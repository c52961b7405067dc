import type { IntelProfile } from '../intel/intel-profile.ts';

/** Common names of the development hierarchy: none of them can be taken for a vendor's. */
export const DEVELOPMENT_NAMES = {
  root: 'Encryptech Development Root CA',
  platformAuthorities: ['Encryptech Development PCK Platform CA'],
  pck: 'Encryptech Development PCK Certificate',
  tcbSigner: 'Encryptech Development TCB Signing',
} as const satisfies IntelProfile['names'];
