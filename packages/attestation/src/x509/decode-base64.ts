/** The bytes of base64 text without line ends (RFC 4648 section 4); undefined where it isn't that. */
export function decodeBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}
