import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTextFrames } from './text-frames.ts';

const MASK = Buffer.from([0x1f, 0x80, 0x00, 0xa7]);

/** A client's frame (RFC 6455, 5.2). */
function frame(payload: Buffer, opcode = 1, fin = true): Buffer {
  const { length } = payload;
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const head = Buffer.alloc(2 + extended);
  head[0] = (fin ? 0x80 : 0) | opcode;
  head[1] = 0x80 | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) head.writeUInt16BE(length, 2);
  if (extended === 8) head.writeBigUInt64BE(BigInt(length), 2);
  const masked = payload.map((byte, at) => byte ^ (MASK[at & 3] ?? 0));
  return Buffer.concat([head, MASK, masked]);
}

function read(chunk: Buffer, most = 100_000, mayTake: (text: string) => boolean = () => true) {
  const texts: string[] = [];
  const taken = readTextFrames(chunk, '42', most, (text) => {
    if (!mayTake(text)) return false;
    texts.push(text);
    return true;
  });
  return { texts, taken };
}

test('whole text frames of every length are read, up to the first that is not one', () => {
  const texts = [0, 1, 122, 123, 124, 65_532, 65_533, 65_534].map((n) => `42${'x'.repeat(n)}`);
  const all = texts.map((text) => frame(Buffer.from(text)));
  const short = all.slice(0, 7);
  expect(read(Buffer.concat(short))).toEqual({
    texts: texts.slice(0, 7),
    taken: Buffer.concat(short).length,
  });
  // A length in eight bytes is the general reader's.
  expect(read(all[7] as Buffer)).toEqual({ texts: [], taken: 0 });
});

test.each([
  ['a ping of engine.io', frame(Buffer.from('3'))],
  ['another packet', frame(Buffer.from('40/visitor,{}'))],
  ['a binary frame', frame(Buffer.from('42["a"]'), 2)],
  ['the beginning of a message', frame(Buffer.from('42["a'), 1, false)],
  ['its end', frame(Buffer.from('42"]'), 0)],
  ['a goodbye', frame(Buffer.from([0x03, 0xe8]), 8)],
  ['not UTF-8', frame(Buffer.from([0x34, 0x32, 0xff]))],
  ['half of a surrogate pair', frame(Buffer.from([0x34, 0x32, 0xed, 0xa0, 0x80]))],
  ['an unmasked frame', Buffer.from('\x81\x0342x')],
  ['a length that is not all there', Buffer.from([0x81, 0xfe, 0x01])],
])('%s stays as it is, with what follows', (_, strange) => {
  const good = frame(Buffer.from('42["good"]'));
  const chunk = Buffer.concat([good, strange, good]);
  const before = Buffer.from(chunk);
  const { texts, taken } = read(chunk);
  expect(texts).toEqual(['42["good"]']);
  expect(taken).toBe(good.length);
  expect(chunk.subarray(taken)).toEqual(before.subarray(taken));
});

test('what nobody takes stays as it was, as does what is too long', () => {
  const chunk = Buffer.concat(['42a', '42b', '42a'].map((text) => frame(Buffer.from(text))));
  const before = Buffer.from(chunk);
  const { texts, taken } = read(chunk, 100, (text) => text === '42a');
  expect(texts).toEqual(['42a']);
  expect(chunk.subarray(taken)).toEqual(before.subarray(taken));
  expect(read(frame(Buffer.from('42abc')), 4)).toEqual({ texts: [], taken: 0 });
});

test('cut anywhere, the frames before the cut are read and the others kept', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 200 }).map((words) => `42${words}`);
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), fc.nat(), (texts, cut) => {
      const frames = texts.map((each) => frame(Buffer.from(each)));
      const whole = Buffer.concat(frames);
      const chunk = Buffer.from(whole.subarray(0, cut % (whole.length + 1)));
      let end = 0;
      const complete = frames.filter((each) => {
        end += each.length;
        return end <= chunk.length;
      });
      const { texts: got, taken } = read(chunk);
      expect(got).toEqual(texts.slice(0, complete.length));
      expect(taken).toBe(Buffer.concat(complete).length);
      expect(chunk.subarray(taken)).toEqual(whole.subarray(taken, chunk.length));
    }),
  );
});
