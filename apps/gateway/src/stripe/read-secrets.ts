import { readPrivateFile } from '@encryptech/sdk/node';
import { gatewayError } from '../errors.ts';

/** Secrets with this prefix are made by our own tools and worth nothing. */
export const DEVELOPMENT_PREFIX = 'whsec_development_';
const MOST = 5;
/** Stripe's have 32 characters after the prefix. */
const SHORTEST_BODY = 24;
const LEAST_VARIETY = 10;

/**
 * The signing secrets in a file with mode 0600, one a line, the newest first.
 *
 * @throws `gateway.badSecret` naming the line, never the secret; `sdk.noFile` `sdk.openPermissions`
 */
export async function readSecrets(path: string, profile: 'embedded' | 'production'): Promise<string[]> {
  const text = await readPrivateFile(path, 'secrets file');
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const secrets = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const refuse = (why: string, line?: number) => {
    throw gatewayError({
      code: 'gateway.badSecret',
      message: `The signing secrets cannot be used: ${why}.`,
      place: line === undefined ? path : `${path}, line ${line}`,
      hint: 'Take the signing secret of the webhook endpoint from the processor; it begins with whsec_.',
    });
  };
  if (secrets.length === 0) refuse('there is none');
  if (secrets.length > MOST) refuse(`there are more than ${MOST}`);
  for (const secret of secrets) {
    const line = lines.indexOf(secret) + 1;
    if (!/^whsec_[A-Za-z0-9_+/=-]+$/.test(secret)) refuse('it does not look like whsec_…', line);
    const isDevelopment =
      secret.startsWith(DEVELOPMENT_PREFIX) || /^whsec_(test|dev|example|secret|changeme)/i.test(secret);
    if (profile === 'production' && isDevelopment) refuse('it is a development secret, on a production network', line);
    const body = secret.slice('whsec_'.length);
    if (profile === 'production' && (body.length < SHORTEST_BODY || new Set(body).size < LEAST_VARIETY)) {
      refuse('it is too weak to be of a processor', line);
    }
    if (profile === 'embedded' && !secret.startsWith(DEVELOPMENT_PREFIX)) {
      refuse(`an embedded network takes development secrets only, which begin with ${DEVELOPMENT_PREFIX}`, line);
    }
  }
  return secrets;
}
