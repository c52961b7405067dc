import { convertIndexedToRgb, decode, hasPngSignature, type DecodedPng } from 'fast-png';
import { learningError } from '../../errors.ts';
import type { ImageColumn } from '../dataset-schema.ts';

/**
 * The entries of a picture in a PNG file of 8 bits a channel, channel after channel. Its size stands in the file's first bytes
 * and is compared with the schema before anything is unpacked, so that a small file can't fill the memory.
 *
 * A colour picture is never turned to grey, nor is a picture scaled: how to do that is for the owner of the data to say.
 *
 * @throws `learning.malformedPng`, `learning.wrongImage` at `place`
 */
export function decodePicture(
  bytes: Uint8Array,
  { height, width, channels }: Pick<ImageColumn, 'height' | 'width' | 'channels'>,
  place: () => string,
): Uint8Array {
  const malformed = (message: string, hint?: string) =>
    learningError({ code: 'learning.malformedPng', message, place: place(), hint });
  if (bytes.length < 33 || !hasPngSignature(bytes.subarray(0, 8))) throw malformed('The picture is no PNG file.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [fileWidth, fileHeight] = [view.getUint32(16), view.getUint32(20)];
  if (fileWidth !== width || fileHeight !== height) {
    throw learningError({
      code: 'learning.wrongImage',
      message: `The picture is ${fileWidth} wide and ${fileHeight} high; the schema declares ${width} and ${height}.`,
      place: place(),
      hint: 'Scale all pictures to one size before they are published.',
    });
  }
  let png: DecodedPng;
  try {
    png = decode(bytes, { checkCrc: true });
  } catch {
    // The decoder's own message could quote the file.
    throw malformed('The PNG file is damaged.');
  }
  if (png.depth !== 8 && png.palette === undefined) {
    throw malformed(`The PNG file has ${png.depth} bits a channel.`, 'Save it with 8 bits a channel.');
  }
  const pixels = png.palette === undefined ? png.data : convertIndexedToRgb(png);
  const stored = pixels.length / (height * width);
  // Opaque pictures may carry their transparency along: 2 = grey and alpha, 4 = colour and alpha.
  const colours = stored === 2 || stored === 4 ? stored - 1 : stored;
  if (colours !== channels) {
    throw learningError({
      code: 'learning.wrongImage',
      message: `The picture has ${colours} colour channels; the schema declares ${channels}.`,
      place: place(),
      hint: 'Convert the pictures, or declare the channels that they have.',
    });
  }
  if (png.transparency !== undefined) throw malformed('The picture has a transparent colour.', 'Save it opaque.');
  const size = height * width;
  const out = new Uint8Array(size * channels);
  for (let i = 0; i < size; i++) {
    for (let channel = 0; channel < channels; channel++) out[channel * size + i] = pixels[i * stored + channel]!;
    if (stored > colours && pixels[i * stored + colours] !== 255) {
      throw malformed('The picture is not opaque.', 'Put it on a background before it is published.');
    }
  }
  return out;
}
