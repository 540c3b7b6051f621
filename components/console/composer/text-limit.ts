import { LIMITS } from '#lib/protocol/limits.ts';

const utf8 = new TextEncoder();
/** The counter appears when less than this is left. */
const NEAR_BYTES = 512;

/**
 * Bytes left of a message's 8 KB, or null while there is plenty. A UTF-16 unit is at most 3 bytes,
 * so short texts are not encoded at every key.
 */
export function bytesLeft(text: string): number | null {
  if (text.length * 3 < LIMITS.textBytes - NEAR_BYTES) return null;
  const left = LIMITS.textBytes - utf8.encode(text).length;
  return left < NEAR_BYTES ? left : null;
}
