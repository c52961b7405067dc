import { errorsOf } from './encryptech-error.ts';

const fail = errorsOf<'base.badAmount'>();

/** Base units of ENC in one ENC: 10^18. */
export const WEI_PER_ENC = 10n ** 18n;

/**
 * The wei of a decimal amount of ENC such as `"12.5"`. Exact: more than 18 decimals is an error, not a rounding.
 *
 * @throws `base.badAmount`
 */
export function parseEnc(text: string): bigint {
  const match = /^(\d{1,30})(?:\.(\d{1,18}))?$/.exec(text.trim());
  if (!match) {
    throw fail({
      code: 'base.badAmount',
      message: `"${text}" is not an amount of ENC.`,
      hint: 'Write a decimal number with at most 18 decimals, such as 12.5',
    });
  }
  return BigInt(match[1]!) * WEI_PER_ENC + BigInt((match[2] ?? '').padEnd(18, '0'));
}

/** The amount as decimal ENC without trailing zeros; with `decimals` it is rounded toward zero to that many. */
export function formatEnc(wei: bigint, decimals = 18): string {
  const sign = wei < 0n ? '-' : '';
  const abs = wei < 0n ? -wei : wei;
  const fraction = (abs % WEI_PER_ENC).toString().padStart(18, '0').slice(0, decimals).replace(/0+$/, '');
  return `${sign}${abs / WEI_PER_ENC}${fraction === '' ? '' : `.${fraction}`}`;
}
