import type { DerElement } from '../der/der-reader.ts';
import { badCertificate } from './bad-certificate.ts';

/**
 * A UTCTime or GeneralizedTime in the one form that RFC 5280 section 4.1.2.5 allows: whole seconds, Zulu, a date that exists.
 *
 * @throws `attestation.badCertificate`
 */
export function readTime(element: DerElement | undefined): Date {
  const text = element === undefined ? '' : new TextDecoder('latin1').decode(element.content);
  const match = /^(\d\d)?(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  const tag = match?.[1] === undefined ? 0x17 : 0x18;
  if (!match || element?.tag !== tag) throw badCertificate('has a date in a form that is not allowed');
  const [, century = Number(match[2]) < 50 ? '20' : '19', year, month, day, hour, minute, second] = match;
  const iso = `${century}${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const date = new Date(iso);
  if (Number.isNaN(date.getTime()) || date.toISOString() !== iso)
    throw badCertificate('has a date that does not exist');
  return date;
}
