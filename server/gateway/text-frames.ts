import { isUtf8 } from 'node:buffer';

/** FIN and opcode 1: a whole text frame (RFC 6455, 5.2). */
const TEXT_FRAME = 0x81;
const MASKED = 0x80;
const MASK_BYTES = 4;

function applyMask(bytes: Buffer, from: number, to: number): void {
  const mask = from - MASK_BYTES;
  for (let at = from; at < to; at += 1) {
    bytes[at] = (bytes[at] ?? 0) ^ (bytes[mask + ((at - from) & 3)] ?? 0);
  }
}

/**
 * Reads the client's whole text frames at the start of a chunk, as long as `take` takes them. Frames of
 * another kind, over `most` bytes or not complete stay for the general reader, with all that follow.
 * @param first what a payload has to begin with to be looked at, ASCII
 * @returns how many bytes were taken; the others are as they were
 */
export function readTextFrames(
  chunk: Buffer,
  first: string,
  most: number,
  take: (text: string) => boolean,
): number {
  let taken = 0;
  for (;;) {
    if (chunk[taken] !== TEXT_FRAME) return taken;
    const length = (chunk[taken + 1] ?? 0) ^ MASKED;
    let from = taken + 2;
    let bytes = length;
    if (length === 126) {
      if (chunk.length < from + 2) return taken;
      bytes = chunk.readUInt16BE(from);
      from += 2;
    } else if (length > 126) return taken;
    from += MASK_BYTES;
    const to = from + bytes;
    if (to > chunk.length || bytes > most || bytes < first.length) return taken;
    for (let at = 0; at < first.length; at += 1) {
      const byte = (chunk[from + at] ?? 0) ^ (chunk[from - MASK_BYTES + (at & 3)] ?? 0);
      if (byte !== first.charCodeAt(at)) return taken;
    }
    applyMask(chunk, from, to);
    if (!isUtf8(chunk.subarray(from, to)) || !take(chunk.toString('utf8', from, to))) {
      applyMask(chunk, from, to);
      return taken;
    }
    taken = to;
  }
}
