/**
 * The body of a response, read no further than `most` bytes.
 *
 * @throws Error where it is longer
 */
export async function readBody(response: Response, most: number): Promise<Uint8Array> {
  const reader = response.body?.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  while (reader !== undefined) {
    const { done, value } = await reader.read();
    if (done) break;
    length += (value as Uint8Array).length;
    if (length > most) {
      await reader.cancel();
      throw new Error(`The answer is longer than ${most} bytes.`);
    }
    parts.push(value as Uint8Array);
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    body.set(part, at);
    at += part.length;
  }
  return body;
}
