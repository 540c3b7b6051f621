/**
 * WebSocket frames (RFC 6455) as a client writes and reads them. Written for load: one Buffer a
 * message out, no object a message in. Text frames of a client are masked with a key that is not zero,
 * because `ws` on the server skips unmasking for a zero key and would do less than its real work.
 */

const MASK = [0x5a, 0xc3, 0x2e, 0x91] as const;
const TEXT = 0x81;
const CLOSE = 0x88;
const PONG = 0x8a;

/** One masked frame. `payload` is UTF-8 and is not changed. */
function frame(opcode: number, payload: Buffer): Buffer {
  const length = payload.length;
  const long = length > 125;
  if (length > 0xffff) throw new RangeError('a frame of a load client has at most 65,535 bytes');
  const head = long ? 8 : 6;
  const out = Buffer.allocUnsafe(head + length);
  out[0] = opcode;
  if (long) {
    out[1] = 0x80 | 126;
    out.writeUInt16BE(length, 2);
  } else out[1] = 0x80 | length;
  out[head - 4] = MASK[0];
  out[head - 3] = MASK[1];
  out[head - 2] = MASK[2];
  out[head - 1] = MASK[3];
  for (let at = 0; at < length; at += 1) {
    out[head + at] = (payload[at] as number) ^ (MASK[at & 3] as number);
  }
  return out;
}

export function textFrame(text: string): Buffer {
  return frame(TEXT, Buffer.from(text));
}

export function closeFrame(): Buffer {
  return frame(CLOSE, Buffer.from([0x03, 0xe8]));
}

export function pongFrame(payload: Buffer): Buffer {
  return frame(PONG, payload);
}

export interface FrameSink {
  /** A whole text message: bytes `from` to `to` of `chunk`, which are only valid during the call. */
  text(chunk: Buffer, from: number, to: number): void;
  ping(payload: Buffer): void;
  /** The peer says goodbye. */
  closed(): void;
}

const EMPTY = Buffer.alloc(0);

/**
 * Cuts what comes in into frames. Servers do not mask, and Socket.IO sends no fragments.
 * @throws Error at a frame no Socket.IO server sends
 */
export class FrameReader {
  #rest: Buffer = EMPTY;
  readonly #sink: FrameSink;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  push(incoming: Buffer): void {
    const chunk = this.#rest.length > 0 ? Buffer.concat([this.#rest, incoming]) : incoming;
    const end = chunk.length;
    let at = 0;
    while (end - at >= 2) {
      const opcode = chunk[at] as number;
      let length = chunk[at + 1] as number;
      let head = 2;
      if (length === 126) {
        if (end - at < 4) break;
        length = chunk.readUInt16BE(at + 2);
        head = 4;
      } else if (length === 127) {
        if (end - at < 10) break;
        length = Number(chunk.readBigUInt64BE(at + 2));
        head = 10;
      }
      const from = at + head;
      if (end - from < length) break;
      at = from + length;
      if (opcode === TEXT) this.#sink.text(chunk, from, at);
      else if (opcode === 0x89) this.#sink.ping(chunk.subarray(from, at));
      else if (opcode === CLOSE) this.#sink.closed();
      else if (opcode !== PONG) throw new Error(`unexpected WebSocket opcode ${opcode}`);
    }
    // A copy: the chunk may be reused by who reads.
    this.#rest = at === end ? EMPTY : Buffer.from(chunk.subarray(at));
  }
}
