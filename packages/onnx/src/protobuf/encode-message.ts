import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { messages, type Message, type MessageName } from './messages.ts';

/** The message's bytes: fields in the order of their numbers, repeated scalars packed. Equal messages give equal bytes. */
export function encodeMessage<Name extends MessageName>(name: Name, message: Message<Name>): Uint8Array {
  const writer = new BinaryWriter();
  const fields = Object.entries(messages[name]) as [string, readonly [number, string, 'repeated'?]][];
  for (const [key, [number, kind, repeated]] of fields) {
    const value = (message as Record<string, unknown>)[key];
    if (value === undefined) continue;
    if (repeated === undefined) writeField(writer, number, kind, value);
    else if (kind === 'int' || kind === 'float' || kind === 'double') {
      const list = value as (number | bigint)[];
      if (list.length === 0) continue;
      writer.tag(number, WireType.LengthDelimited).fork();
      for (const item of list) writeScalar(writer, kind, item);
      writer.join();
    } else for (const item of value as unknown[]) writeField(writer, number, kind, item);
  }
  return writer.finish();
}

function writeField(writer: BinaryWriter, number: number, kind: string, value: unknown): void {
  switch (kind) {
    case 'int':
      writeScalar(writer.tag(number, WireType.Varint), kind, value as bigint);
      return;
    case 'float':
      writeScalar(writer.tag(number, WireType.Bit32), kind, value as number);
      return;
    case 'double':
      writeScalar(writer.tag(number, WireType.Bit64), kind, value as number);
      return;
    case 'string':
      writer.tag(number, WireType.LengthDelimited).string(value as string);
      return;
    case 'bytes':
      writer.tag(number, WireType.LengthDelimited).bytes(value as Uint8Array);
      return;
    default:
      writer.tag(number, WireType.LengthDelimited).bytes(encodeMessage(kind as MessageName, value as never));
  }
}

function writeScalar(writer: BinaryWriter, kind: 'int' | 'float' | 'double', value: number | bigint): void {
  if (kind === 'int') writer.int64(value);
  else if (kind === 'float') writer.float(Number(value));
  else writer.double(Number(value));
}
