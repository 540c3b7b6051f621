/**
 * Arrays as binary parameters: pg sends a Buffer as it is, and the server then parses no text. Per
 * element about a third of what text literals cost on both sides (no quoting, no escaping, no
 * parsing of hex and digits).
 * Layout (PostgreSQL source, array_recv): dimensions, has nulls, element type, length, lower bound,
 * then each element as its length (−1: null) and bytes; all 32 bits, big-endian.
 */

const HEADER = 20;
const NULL_LENGTH = -1;
const OID = { int4: 23, text: 25, xid: 28, uuid: 2950 } as const;

function begin(oid: number, length: number, bytes: number): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER + bytes);
  buffer.writeInt32BE(1, 0);
  // Says only whether to look for nulls; each element says it again.
  buffer.writeInt32BE(1, 4);
  buffer.writeInt32BE(oid, 8);
  buffer.writeInt32BE(length, 12);
  buffer.writeInt32BE(1, 16);
  return buffer;
}

/** Values of the hex digits by character code; 255: none. */
const DIGITS = new Uint8Array(128).fill(255);
for (const [value, digit] of [...'0123456789abcdef'].entries()) {
  DIGITS[digit.charCodeAt(0)] = value;
  DIGITS[digit.toUpperCase().charCodeAt(0)] = value;
}

/** @throws RangeError when it is no UUID; the edge has checked it, so that this is a bug */
function writeUuid(buffer: Buffer, at: number, uuid: string): void {
  let out = at;
  let index = 0;
  while (index < uuid.length && out < at + 16) {
    const code = uuid.charCodeAt(index);
    if (code === 45) {
      index += 1;
      continue;
    }
    const high = DIGITS[code] ?? 255;
    const low = DIGITS[uuid.charCodeAt(index + 1)] ?? 255;
    if (high > 15 || low > 15) break;
    buffer[out] = (high << 4) | low;
    out += 1;
    index += 2;
  }
  if (out !== at + 16 || index !== uuid.length) throw new RangeError(`not a UUID: ${uuid}`);
}

/** For `$n::uuid[]`. */
export function uuidArray(values: readonly string[]): Buffer {
  const buffer = begin(OID.uuid, values.length, values.length * 20);
  let at = HEADER;
  for (const value of values) {
    buffer.writeInt32BE(16, at);
    writeUuid(buffer, at + 4, value);
    at += 20;
  }
  return buffer;
}

function fourBytes(oid: number, values: readonly (number | null)[], unsigned: boolean): Buffer {
  const buffer = begin(oid, values.length, values.length * 8);
  let at = HEADER;
  for (const value of values) {
    if (value === null) {
      buffer.writeInt32BE(NULL_LENGTH, at);
      at += 4;
      continue;
    }
    buffer.writeInt32BE(4, at);
    if (unsigned) buffer.writeUInt32BE(value, at + 4);
    else buffer.writeInt32BE(value, at + 4);
    at += 8;
  }
  return buffer.subarray(0, at);
}

/** For `$n::int[]`. */
export const intArray = (values: readonly (number | null)[]): Buffer =>
  fourBytes(OID.int4, values, false);

/** For `$n::xid[]`. */
export const xidArray = (values: readonly number[]): Buffer => fourBytes(OID.xid, values, true);

/** For `$n::text[]`. */
export function textArray(values: readonly (string | null)[]): Buffer {
  let bytes = 0;
  for (const value of values) bytes += 4 + (value === null ? 0 : Buffer.byteLength(value));
  const buffer = begin(OID.text, values.length, bytes);
  let at = HEADER;
  for (const value of values) {
    const length = value === null ? 0 : buffer.write(value, at + 4);
    buffer.writeInt32BE(value === null ? NULL_LENGTH : length, at);
    at += 4 + length;
  }
  return buffer;
}
